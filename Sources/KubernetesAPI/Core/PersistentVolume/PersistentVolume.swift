/// A piece of storage.
public struct PersistentVolume: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: PersistentVolumeSpec
    public var status: PersistentVolumeStatus

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: PersistentVolumeSpec = PersistentVolumeSpec(),
        status: PersistentVolumeStatus = PersistentVolumeStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension PersistentVolume {
    public static let resource = ResourceType(
        kind: "PersistentVolume", plural: "persistentvolumes", shortNames: ["pv"], namespaced: false,
        subresources: [.status])

    public static let schema = Schema(
        "io.k8s.api.core.v1.PersistentVolume",
        "A piece of storage.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(PersistentVolumeSpec.self), "Where it is and how it may be used.", present: true),
            .field("status", .object(PersistentVolumeStatus.self), "Whether a claim has it.", present: true),
        ])
}
