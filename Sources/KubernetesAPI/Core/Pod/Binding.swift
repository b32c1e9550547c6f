/// Places a pod on a node; written to the pod's binding subresource.
public struct Binding: Codable, Sendable, Equatable, Described {
    public var apiVersion: String? = "v1"
    public var kind: String? = "Binding"
    public var metadata: ObjectMeta
    public var target: ObjectReference

    public init(metadata: ObjectMeta = ObjectMeta(), target: ObjectReference = ObjectReference()) {
        self.metadata = metadata
        self.target = target
    }
}

extension Binding {
    public static let schema = Schema(
        "io.k8s.api.core.v1.Binding",
        "Places a pod on a node; written to the pod's binding subresource.",
        [
            .apiVersion, .kind, .metadata,
            .field("target", .object(ObjectReference.self), "The node.", required: true, present: true),
        ])
}
