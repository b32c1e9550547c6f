/// Facts about the pod as files.
public struct DownwardAPIVolumeSource: Codable, Sendable, Equatable, Described {
    public var items: [DownwardAPIVolumeFile]?
    public var defaultMode: Int32?

    public init(items: [DownwardAPIVolumeFile]? = nil, defaultMode: Int32? = nil) {
        self.items = items
        self.defaultMode = defaultMode
    }
}

extension DownwardAPIVolumeSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.DownwardAPIVolumeSource",
        "Facts about the pod as files.",
        [
            .field("items", .array(.object(DownwardAPIVolumeFile.self)), "The files."),
            .field("defaultMode", .int32, "The files' permissions. Default: 0644."),
        ])
}

/// A file with a fact about the pod.
public struct DownwardAPIVolumeFile: Codable, Sendable, Equatable, Described {
    public var path: String
    public var fieldRef: ObjectFieldSelector?
    public var resourceFieldRef: ResourceFieldSelector?
    public var mode: Int32?

    public init(
        path: String, fieldRef: ObjectFieldSelector? = nil, resourceFieldRef: ResourceFieldSelector? = nil,
        mode: Int32? = nil
    ) {
        self.path = path
        self.fieldRef = fieldRef
        self.resourceFieldRef = resourceFieldRef
        self.mode = mode
    }
}

extension DownwardAPIVolumeFile {
    public static let schema = Schema(
        "io.k8s.api.core.v1.DownwardAPIVolumeFile",
        "A file with a fact about the pod.",
        [
            .field("path", .string, "The file, relative to the volume.", required: true, present: true),
            .field("fieldRef", .object(ObjectFieldSelector.self), "A field of the pod."),
            .field("resourceFieldRef", .object(ResourceFieldSelector.self), "A resource of a container."),
            .field("mode", .int32, "The file's permissions, instead of defaultMode."),
        ])
}
