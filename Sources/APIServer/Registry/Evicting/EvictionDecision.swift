import KubernetesAPI

/// Whether a pod may be evicted without a disruption budget's leave.
/// Source: kubernetes pkg/registry/core/pod/storage/eviction.go.
enum EvictionDecision: Equatable {
    /// - Parameter pinned: only as the pod is now: what it is lets it go, and it may be about to change.
    case delete(pinned: Bool)
    /// One of the disruptions that this budget allows must be taken first.
    case take(budget: String)
    /// Several budgets keep the pod; which of them would have to pay, nobody defined.
    case ambiguous

    /// - Parameter budgets: all of the pod's namespace.
    static func decide(_ pod: Pod, budgets: [PodDisruptionBudget]) -> EvictionDecision {
        if pod.metadata.deletionTimestamp != nil || ["Succeeded", "Failed"].contains(pod.status.phase) {
            return .delete(pinned: false)
        }
        // Nothing runs yet, but it may in a moment.
        if pod.status.phase == "Pending" { return .delete(pinned: true) }
        let own = budgets.filter { $0.covers(pod.metadata) }
        guard let budget = own.first else { return .delete(pinned: false) }
        guard own.count == 1 else { return .ambiguous }
        let isReady = pod.status.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false
        if !isReady, lets(budget, anUnhealthyPodGo: budget.status) { return .delete(pinned: true) }
        return .take(budget: budget.metadata.name ?? "")
    }

    /// A pod that is not ready serves nobody; by default it still stays while its application is short of healthy pods,
    /// because it may be about to become one (KEP-3017).
    private static func lets(
        _ budget: PodDisruptionBudget, anUnhealthyPodGo status: PodDisruptionBudgetStatus
    ) -> Bool {
        if budget.spec.unhealthyPodEvictionPolicy == PodDisruptionBudgetSpec.alwaysAllow { return true }
        return status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0
    }
}
