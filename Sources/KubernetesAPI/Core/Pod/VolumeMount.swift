/// Where a volume appears in a container.
public struct VolumeMount: Codable, Sendable, Equatable, Described {
    public var name: String
    public var readOnly: Bool?
    public var mountPath: String
    public var subPath: String?
    public var mountPropagation: String?

    public init(
        name: String, readOnly: Bool? = nil, mountPath: String, subPath: String? = nil, mountPropagation: String? = nil
    ) {
        self.name = name
        self.readOnly = readOnly
        self.mountPath = mountPath
        self.subPath = subPath
        self.mountPropagation = mountPropagation
    }
}

extension VolumeMount {
    public static let schema = Schema(
        "io.k8s.api.core.v1.VolumeMount",
        "Where a volume appears in a container.",
        [
            .field("name", .string, "The volume.", required: true, present: true),
            .field("readOnly", .boolean, "Whether writing is refused. Default: false."),
            .field("mountPath", .string, "The path in the container.", required: true, present: true),
            .field("subPath", .string, "A path inside the volume to mount instead of its root."),
            .field(
                "mountPropagation", .string,
                "How mounts made later travel. Default: None.", allowed: ["None", "HostToContainer", "Bidirectional"]),
            .refused("recursiveReadOnly"),
            .refused("subPathExpr"),
        ])
}
