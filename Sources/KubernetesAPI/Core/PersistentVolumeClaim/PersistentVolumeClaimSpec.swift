/// What storage is wished for.
public struct PersistentVolumeClaimSpec: Codable, Sendable, Equatable, Described {
    public var accessModes: [String]?
    public var selector: LabelSelector?
    public var resources: VolumeResourceRequirements
    public var volumeName: String?
    public var storageClassName: String?
    public var volumeMode: String?

    public init(
        accessModes: [String]? = nil, selector: LabelSelector? = nil,
        resources: VolumeResourceRequirements = VolumeResourceRequirements(), volumeName: String? = nil,
        storageClassName: String? = nil, volumeMode: String? = nil
    ) {
        self.accessModes = accessModes
        self.selector = selector
        self.resources = resources
        self.volumeName = volumeName
        self.storageClassName = storageClassName
        self.volumeMode = volumeMode
    }
}

extension PersistentVolumeClaimSpec {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PersistentVolumeClaimSpec",
        "What storage is wished for.",
        [
            .field("accessModes", .array(.string), "ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod."),
            .field("selector", .object(LabelSelector.self), "Only volumes with these labels."),
            .field("resources", .object(VolumeResourceRequirements.self), "How much.", present: true),
            .field("volumeName", .string, "The volume that it is bound to."),
            .field("storageClassName", .string, "The class; empty for volumes without one."),
            .field("volumeMode", .string, "Only Filesystem is supported.", allowed: ["Filesystem"]),
            .refused("dataSource"),
            .refused("dataSourceRef"),
            .refused("volumeAttributesClassName"),
        ])
}

/// How much storage.
public struct VolumeResourceRequirements: Codable, Sendable, Equatable, Described {
    public var limits: [String: Quantity]?
    public var requests: [String: Quantity]?

    public init(limits: [String: Quantity]? = nil, requests: [String: Quantity]? = nil) {
        self.limits = limits
        self.requests = requests
    }
}

extension VolumeResourceRequirements {
    public static let schema = Schema(
        "io.k8s.api.core.v1.VolumeResourceRequirements",
        "How much storage.",
        [
            .field("limits", .map(.quantity), "At most."),
            .field("requests", .map(.quantity), "At least."),
        ])
}
