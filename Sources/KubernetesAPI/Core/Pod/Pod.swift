/// Containers that run together on one node and share an address and volumes.
public struct Pod: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: PodSpec
    public var status: PodStatus

    public init(metadata: ObjectMeta = ObjectMeta(), spec: PodSpec = PodSpec(), status: PodStatus = PodStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension Pod {
    public static let resource = ResourceType(
        kind: "Pod", plural: "pods", shortNames: ["po"], categories: ["all"], namespaced: true,
        subresources: [.status, .log, .exec, .binding, .eviction])

    public static let schema = Schema(
        "io.k8s.api.core.v1.Pod",
        "Containers that run together on one node and share an address and volumes.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(PodSpec.self), "What is to run, and how.", present: true),
            .field("status", .object(PodStatus.self), "What was last observed, written by the node.", present: true),
        ])
}
