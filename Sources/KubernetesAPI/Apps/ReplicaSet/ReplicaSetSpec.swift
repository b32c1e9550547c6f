/// What a ReplicaSet is to run.
public struct ReplicaSetSpec: Codable, Sendable, Equatable, Described {
    public var replicas: Int32?
    public var minReadySeconds: Int32?
    public var selector: LabelSelector
    public var template: PodTemplateSpec

    public init(
        replicas: Int32? = nil, minReadySeconds: Int32? = nil, selector: LabelSelector,
        template: PodTemplateSpec = PodTemplateSpec()
    ) {
        self.replicas = replicas
        self.minReadySeconds = minReadySeconds
        self.selector = selector
        self.template = template
    }
}

extension ReplicaSetSpec {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.ReplicaSetSpec",
        "What a ReplicaSet is to run.",
        [
            .field("replicas", .int32, "How many pods. Default: 1."),
            .field(
                "minReadySeconds", .int32,
                "Seconds that a new pod must be ready before it counts as available. Default: 0."),
            .field(
                "selector", .object(LabelSelector.self),
                "Which pods are its own; must match the template's labels, and never changes.",
                required: true, present: true),
            .field("template", .object(PodTemplateSpec.self), "What the pods look like.", present: true),
        ])
}
