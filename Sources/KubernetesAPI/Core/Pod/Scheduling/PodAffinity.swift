/// Which pods a pod must or should be near.
public struct PodAffinity: Codable, Sendable, Equatable, Described {
    public var requiredDuringSchedulingIgnoredDuringExecution: [PodAffinityTerm]?
    public var preferredDuringSchedulingIgnoredDuringExecution: [WeightedPodAffinityTerm]?

    public init(required: [PodAffinityTerm]? = nil, preferred: [WeightedPodAffinityTerm]? = nil) {
        requiredDuringSchedulingIgnoredDuringExecution = required
        preferredDuringSchedulingIgnoredDuringExecution = preferred
    }
}

extension PodAffinity {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodAffinity",
        "Which pods a pod must or should be near.",
        [
            .field(
                "requiredDuringSchedulingIgnoredDuringExecution", .array(.object(PodAffinityTerm.self)),
                "Which it must be near, all of them; a pod that runs stays where they go later."),
            .field(
                "preferredDuringSchedulingIgnoredDuringExecution", .array(.object(WeightedPodAffinityTerm.self)),
                "Which it should rather be near, each with a weight."),
        ])
}

/// Which pods a pod must or should be away from.
public struct PodAntiAffinity: Codable, Sendable, Equatable, Described {
    public var requiredDuringSchedulingIgnoredDuringExecution: [PodAffinityTerm]?
    public var preferredDuringSchedulingIgnoredDuringExecution: [WeightedPodAffinityTerm]?

    public init(required: [PodAffinityTerm]? = nil, preferred: [WeightedPodAffinityTerm]? = nil) {
        requiredDuringSchedulingIgnoredDuringExecution = required
        preferredDuringSchedulingIgnoredDuringExecution = preferred
    }
}

extension PodAntiAffinity {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodAntiAffinity",
        "Which pods a pod must or should be away from.",
        [
            .field(
                "requiredDuringSchedulingIgnoredDuringExecution", .array(.object(PodAffinityTerm.self)),
                "Which it must not be near; holds against pods that come later too."),
            .field(
                "preferredDuringSchedulingIgnoredDuringExecution", .array(.object(WeightedPodAffinityTerm.self)),
                "Which it should rather not be near, each with a weight."),
        ])
}

/// Pods, and what counts as near them: nodes with the same value of one label.
public struct PodAffinityTerm: Codable, Sendable, Equatable, Described {
    public var labelSelector: LabelSelector?
    public var namespaces: [String]?
    public var topologyKey: String
    public var namespaceSelector: LabelSelector?
    public var matchLabelKeys: [String]?
    public var mismatchLabelKeys: [String]?

    public init(
        labelSelector: LabelSelector? = nil, namespaces: [String]? = nil, topologyKey: String,
        namespaceSelector: LabelSelector? = nil, matchLabelKeys: [String]? = nil, mismatchLabelKeys: [String]? = nil
    ) {
        self.labelSelector = labelSelector
        self.namespaces = namespaces
        self.topologyKey = topologyKey
        self.namespaceSelector = namespaceSelector
        self.matchLabelKeys = matchLabelKeys
        self.mismatchLabelKeys = mismatchLabelKeys
    }
}

extension PodAffinityTerm {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodAffinityTerm",
        "Pods, and what counts as near them: nodes with the same value of one label.",
        [
            .field("labelSelector", .object(LabelSelector.self), "The pods, by label; unset chooses none."),
            .field(
                "namespaces", .array(.string),
                "The namespaces of the pods. Without these and namespaceSelector: the pod's own."),
            .field(
                "topologyKey", .string,
                "The node label whose equal values mean near.", required: true, present: true),
            .field(
                "namespaceSelector", .object(LabelSelector.self),
                "Further namespaces, by label; an empty selector means all."),
            .field(
                "matchLabelKeys", .array(.string), "Labels whose value must be that of the pod itself."),
            .field(
                "mismatchLabelKeys", .array(.string), "Labels whose value must not be that of the pod itself."),
        ])
}

/// A term that makes a node better, or worse, by its weight.
public struct WeightedPodAffinityTerm: Codable, Sendable, Equatable, Described {
    /// 1...100.
    public var weight: Int32
    public var podAffinityTerm: PodAffinityTerm

    public init(weight: Int32, podAffinityTerm: PodAffinityTerm) {
        self.weight = weight
        self.podAffinityTerm = podAffinityTerm
    }
}

extension WeightedPodAffinityTerm {
    public static let schema = Schema(
        "io.k8s.api.core.v1.WeightedPodAffinityTerm",
        "A term that makes a node better, or worse, by its weight.",
        [
            .field("weight", .int32, "How much, from 1 to 100.", required: true, present: true),
            .field("podAffinityTerm", .object(PodAffinityTerm.self), "The term.", required: true, present: true),
        ])
}
