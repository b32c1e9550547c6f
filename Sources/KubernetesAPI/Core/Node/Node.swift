/// A machine that runs pods.
public struct Node: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: NodeSpec
    public var status: NodeStatus

    public init(metadata: ObjectMeta = ObjectMeta(), spec: NodeSpec = NodeSpec(), status: NodeStatus = NodeStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension Node {
    public static let resource = ResourceType(
        kind: "Node", plural: "nodes", shortNames: ["no"], namespaced: false, subresources: [.status])

    public static let schema = Schema(
        "io.k8s.api.core.v1.Node",
        "A machine that runs pods.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(NodeSpec.self), "How the machine is to be used.", present: true),
            .field("status", .object(NodeStatus.self), "What its agent last observed.", present: true),
        ])
}
