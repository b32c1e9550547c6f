/// What must remain of an application when pods are evicted.
public struct PodDisruptionBudgetSpec: Codable, Sendable, Equatable, Described {
    public var minAvailable: IntOrString?
    public var selector: LabelSelector?
    public var maxUnavailable: IntOrString?
    public var unhealthyPodEvictionPolicy: String?

    public init(
        minAvailable: IntOrString? = nil, selector: LabelSelector? = nil, maxUnavailable: IntOrString? = nil,
        unhealthyPodEvictionPolicy: String? = nil
    ) {
        self.minAvailable = minAvailable
        self.selector = selector
        self.maxUnavailable = maxUnavailable
        self.unhealthyPodEvictionPolicy = unhealthyPodEvictionPolicy
    }

    /// The policy under which pods that are not ready may always be evicted.
    public static let alwaysAllow = "AlwaysAllow"
    static let policies = ["AlwaysAllow", "IfHealthyBudget"]
}

extension PodDisruptionBudgetSpec {
    public static let schema = Schema(
        "io.k8s.api.policy.v1.PodDisruptionBudgetSpec",
        "What must remain of an application when pods are evicted.",
        [
            .field(
                "minAvailable", .intOrString,
                "How many pods must stay healthy, as a number or a percentage rounded up."),
            .field(
                "selector", .object(LabelSelector.self),
                "Which pods are counted; an empty one chooses all of the namespace, a missing one none."),
            .field(
                "maxUnavailable", .intOrString,
                "How many pods may be away, as a number or a percentage rounded up; excludes minAvailable."),
            .field(
                "unhealthyPodEvictionPolicy", .string,
                "When pods that are not ready may be evicted. Default: IfHealthyBudget, while enough others are healthy.",
                allowed: policies),
        ])
}
