/// Keeps a number of equal pods running.
public struct ReplicaSet: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: ReplicaSetSpec
    public var status: ReplicaSetStatus

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: ReplicaSetSpec, status: ReplicaSetStatus = ReplicaSetStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension ReplicaSet {
    public static let resource = ResourceType(
        group: "apps", kind: "ReplicaSet", plural: "replicasets", shortNames: ["rs"], categories: ["all"],
        namespaced: true, subresources: [.status, .scale])

    public static let schema = Schema(
        "io.k8s.api.apps.v1.ReplicaSet",
        "Keeps a number of equal pods running.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(ReplicaSetSpec.self), "What is to run.", required: true, present: true),
            .field("status", .object(ReplicaSetStatus.self), "What was last observed.", present: true),
        ])
}
