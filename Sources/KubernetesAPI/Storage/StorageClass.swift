/// A way to make volumes for claims.
public struct StorageClass: APIObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var provisioner: String
    public var parameters: [String: String]?
    public var reclaimPolicy: String?
    public var allowVolumeExpansion: Bool?
    public var volumeBindingMode: String?

    public init(
        metadata: ObjectMeta = ObjectMeta(), provisioner: String, parameters: [String: String]? = nil,
        reclaimPolicy: String? = nil, allowVolumeExpansion: Bool? = nil, volumeBindingMode: String? = nil
    ) {
        self.metadata = metadata
        self.provisioner = provisioner
        self.parameters = parameters
        self.reclaimPolicy = reclaimPolicy
        self.allowVolumeExpansion = allowVolumeExpansion
        self.volumeBindingMode = volumeBindingMode
    }
}

extension StorageClass {
    public static let resource = ResourceType(
        group: "storage.k8s.io", kind: "StorageClass", plural: "storageclasses", shortNames: ["sc"], namespaced: false)

    public static let schema = Schema(
        "io.k8s.api.storage.v1.StorageClass",
        "A way to make volumes for claims.",
        [
            .apiVersion, .kind, .metadata,
            .field("provisioner", .string, "Who makes the volumes.", required: true, present: true),
            .field("parameters", .map(.string), "What the provisioner needs to know."),
            .field(
                "reclaimPolicy", .string,
                "What happens to a volume when its claim is deleted. Default: Delete.", allowed: ["Delete", "Retain"]),
            .field("allowVolumeExpansion", .boolean, "Whether volumes may grow; only false is supported."),
            .field(
                "volumeBindingMode", .string,
                "When volumes are made and bound. Default: Immediate.", allowed: ["Immediate", "WaitForFirstConsumer"]),
            .refused("mountOptions"),
            .refused("allowedTopologies"),
        ])
}
