/// What a node must or should be for a pod.
public struct NodeAffinity: Codable, Sendable, Equatable, Described {
    public var requiredDuringSchedulingIgnoredDuringExecution: NodeSelector?
    public var preferredDuringSchedulingIgnoredDuringExecution: [PreferredSchedulingTerm]?

    public init(required: NodeSelector? = nil, preferred: [PreferredSchedulingTerm]? = nil) {
        requiredDuringSchedulingIgnoredDuringExecution = required
        preferredDuringSchedulingIgnoredDuringExecution = preferred
    }
}

extension NodeAffinity {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NodeAffinity",
        "What a node must or should be for a pod.",
        [
            .field(
                "requiredDuringSchedulingIgnoredDuringExecution", .object(NodeSelector.self),
                "What it must be; a pod that runs stays where the node changes later."),
            .field(
                "preferredDuringSchedulingIgnoredDuringExecution", .array(.object(PreferredSchedulingTerm.self)),
                "What it should rather be, each with a weight."),
        ])
}

/// A condition that makes a node better by its weight.
public struct PreferredSchedulingTerm: Codable, Sendable, Equatable, Described {
    /// 1...100.
    public var weight: Int32
    public var preference: NodeSelectorTerm

    public init(weight: Int32, preference: NodeSelectorTerm) {
        self.weight = weight
        self.preference = preference
    }
}

extension PreferredSchedulingTerm {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PreferredSchedulingTerm",
        "A condition that makes a node better by its weight.",
        [
            .field("weight", .int32, "How much, from 1 to 100.", required: true, present: true),
            .field("preference", .object(NodeSelectorTerm.self), "The condition.", required: true, present: true),
        ])
}
