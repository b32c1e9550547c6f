/// What was last observed of a PodDisruptionBudget.
public struct PodDisruptionBudgetStatus: Codable, Sendable, Equatable, Described {
    public var observedGeneration: Int64?
    /// Evictions that were granted and whose pods nobody has yet seen going, by the pod's name, with the moment of the
    /// grant.
    public var disruptedPods: [String: Time]?
    public var disruptionsAllowed: Int32
    public var currentHealthy: Int32
    public var desiredHealthy: Int32
    public var expectedPods: Int32
    public var conditions: [Condition]?

    public init(
        observedGeneration: Int64? = nil, disruptedPods: [String: Time]? = nil, disruptionsAllowed: Int32 = 0,
        currentHealthy: Int32 = 0, desiredHealthy: Int32 = 0, expectedPods: Int32 = 0, conditions: [Condition]? = nil
    ) {
        self.observedGeneration = observedGeneration
        self.disruptedPods = disruptedPods
        self.disruptionsAllowed = disruptionsAllowed
        self.currentHealthy = currentHealthy
        self.desiredHealthy = desiredHealthy
        self.expectedPods = expectedPods
        self.conditions = conditions
    }
}

extension PodDisruptionBudgetStatus {
    public static let schema = Schema(
        "io.k8s.api.policy.v1.PodDisruptionBudgetStatus",
        "What was last observed of a PodDisruptionBudget.",
        [
            .field("observedGeneration", .int64, "The generation that this status is about."),
            .field("disruptedPods", .map(.time), "Pods whose eviction was granted and that still seem to run."),
            .field("disruptionsAllowed", .int32, "How many pods may be evicted now.", required: true, present: true),
            .field("currentHealthy", .int32, "How many pods are healthy.", required: true, present: true),
            .field("desiredHealthy", .int32, "How many pods must stay healthy.", required: true, present: true),
            .field("expectedPods", .int32, "How many pods there should be.", required: true, present: true),
            .field("conditions", .array(.object(Condition.self)), "What holds of it.", mergeKey: "type"),
        ])

    public static let disruptionAllowed = "DisruptionAllowed"
    static let syncFailed = "SyncFailed"

    /// Makes the condition say what `disruptionsAllowed` says.
    /// Source: k8s.io/component-helpers apps/poddisruptionbudget UpdateDisruptionAllowedCondition.
    public mutating func updateCondition(now: Time) {
        let allowed = disruptionsAllowed > 0
        set(
            Condition(
                type: Self.disruptionAllowed, status: allowed ? "True" : "False",
                observedGeneration: observedGeneration, reason: allowed ? "SufficientPods" : "InsufficientPods"),
            now: now)
    }

    /// The budget cannot be worked out, so nothing may be evicted: who cannot count must not allow.
    /// Source: kubernetes pkg/controller/disruption failSafe.
    public mutating func fail(_ message: String, generation: Int64?, now: Time) {
        disruptionsAllowed = 0
        set(
            Condition(
                type: Self.disruptionAllowed, status: "False", observedGeneration: generation,
                reason: Self.syncFailed, message: message),
            now: now)
    }

    private mutating func set(_ condition: Condition, now: Time) {
        var conditions = conditions ?? []
        conditions.set(condition, now: now)
        self.conditions = conditions
    }
}
