/// A wish for storage.
public struct PersistentVolumeClaim: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: PersistentVolumeClaimSpec
    public var status: PersistentVolumeClaimStatus

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec(),
        status: PersistentVolumeClaimStatus = PersistentVolumeClaimStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension PersistentVolumeClaim {
    public static let resource = ResourceType(
        kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims", shortNames: ["pvc"], namespaced: true,
        subresources: [.status])

    public static let schema = Schema(
        "io.k8s.api.core.v1.PersistentVolumeClaim",
        "A wish for storage.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(PersistentVolumeClaimSpec.self), "What is wished for.", present: true),
            .field("status", .object(PersistentVolumeClaimStatus.self), "What was given.", present: true),
        ])
}
