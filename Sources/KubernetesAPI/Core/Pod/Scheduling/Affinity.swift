/// Which nodes a pod is drawn to or kept from, beyond `nodeSelector`.
public struct Affinity: Codable, Sendable, Equatable, Described {
    public var nodeAffinity: NodeAffinity?
    public var podAffinity: PodAffinity?
    public var podAntiAffinity: PodAntiAffinity?

    public init(
        nodeAffinity: NodeAffinity? = nil, podAffinity: PodAffinity? = nil, podAntiAffinity: PodAntiAffinity? = nil
    ) {
        self.nodeAffinity = nodeAffinity
        self.podAffinity = podAffinity
        self.podAntiAffinity = podAntiAffinity
    }
}

extension Affinity {
    public static let schema = Schema(
        "io.k8s.api.core.v1.Affinity",
        "Which nodes a pod is drawn to or kept from, beyond nodeSelector.",
        [
            .field("nodeAffinity", .object(NodeAffinity.self), "By what the node is."),
            .field("podAffinity", .object(PodAffinity.self), "Towards nodes that are near certain pods."),
            .field("podAntiAffinity", .object(PodAntiAffinity.self), "Away from nodes that are near certain pods."),
        ])
}
