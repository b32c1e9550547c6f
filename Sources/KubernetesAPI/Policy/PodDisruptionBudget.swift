/// Bounds how many of an application's pods may be away at once through somebody's doing: a drain, an upgrade.
public struct PodDisruptionBudget: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: PodDisruptionBudgetSpec
    public var status: PodDisruptionBudgetStatus

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: PodDisruptionBudgetSpec = PodDisruptionBudgetSpec(),
        status: PodDisruptionBudgetStatus = PodDisruptionBudgetStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension PodDisruptionBudget {
    public static let resource = ResourceType(
        group: "policy", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets", shortNames: ["pdb"],
        namespaced: true, subresources: [.status])

    public static let schema = Schema(
        "io.k8s.api.policy.v1.PodDisruptionBudget",
        "Bounds how many of an application's pods may be evicted at once.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(PodDisruptionBudgetSpec.self), "What must remain.", present: true),
            .field("status", .object(PodDisruptionBudgetStatus.self), "What was last observed.", present: true),
        ])

    public var initialStatus: PodDisruptionBudgetStatus { PodDisruptionBudgetStatus() }
    public static var countsGenerations: Bool { true }

    /// Whether the pod is counted and kept by this budget. In policy/v1 an empty selector chooses every pod of the
    /// namespace, and a missing one none.
    public func covers(_ pod: ObjectMeta) -> Bool {
        guard pod.namespace == metadata.namespace, let selector = spec.selector else { return false }
        return selector.matches(pod.labels)
    }
}
