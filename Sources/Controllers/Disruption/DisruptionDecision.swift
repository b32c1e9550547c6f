import KubernetesAPI

/// The status that a PodDisruptionBudget should have.
/// Source: kubernetes pkg/controller/disruption trySync.
struct DisruptionDecision {
    private(set) var status: PodDisruptionBudgetStatus
    /// Pods that were to be evicted and that nobody deleted.
    private(set) var notDeleted: [Pod] = []
    /// When a granted eviction is given up.
    private(set) var recheckAt: Time?

    /// Seconds after which an evicted pod that still runs counts as healthy again: somebody took the disruption and died
    /// before the delete.
    static let deletionTimeout: Int64 = 120

    /// Seconds for which a grant is kept whose pod the copy does not show. Kubernetes drops it at once; but the copy may be
    /// older than the grant, show the pod as healthy later, and have it evicted twice over.
    static let copyMayLag: Int64 = 10

    /// - Parameter pods: those that the budget covers.
    init(_ budget: PodDisruptionBudget, pods: [Pod], expected: ExpectedPods, now: Time) {
        status = budget.status
        let byName = Dictionary(pods.map { ($0.metadata.name ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        var disrupted: [String: Time] = [:]
        for (name, since) in budget.status.disruptedPods ?? [:] {
            let pod = byName[name]
            if pod?.metadata.deletionTimestamp != nil { continue }
            let end = since + (pod == nil ? Self.copyMayLag : Self.deletionTimeout)
            guard now < end else {
                if let pod { notDeleted.append(pod) }
                continue
            }
            disrupted[name] = since
            recheckAt = recheckAt.map { min($0, end) } ?? end
        }
        let healthy = pods.count { pod in
            pod.metadata.deletionTimestamp == nil && pod.isReady && disrupted[pod.metadata.name ?? ""] == nil
        }
        // Where no pod is expected none may go either: the first ones may be there before this status says so.
        let allowed = expected.expected > 0 ? max(0, healthy - expected.desiredHealthy) : 0
        status.currentHealthy = Int32(clamping: healthy)
        status.desiredHealthy = Int32(clamping: expected.desiredHealthy)
        status.expectedPods = Int32(clamping: expected.expected)
        status.disruptionsAllowed = Int32(clamping: allowed)
        status.disruptedPods = disrupted.isEmpty ? nil : disrupted
        status.observedGeneration = budget.metadata.generation
        status.updateCondition(now: now)
    }
}
