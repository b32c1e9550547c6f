import KubernetesAPI

/// When a pod must leave a node over its NoExecute taints.
/// Source: kubernetes/kubernetes pkg/controller/tainteviction/taint_eviction.go, component-helpers GetMatchingTolerations.
enum TaintEviction {
    /// How long the pod may stay from when the taints hit it; nil for as long as it likes. Zero: it must go at once.
    static func stay(_ pod: Pod, _ taints: [Taint]) -> Stay {
        var shortest: Int64?
        for taint in taints where taint.effect == "NoExecute" {
            // The first toleration that fits counts, as in Kubernetes, not the most patient.
            guard let toleration = pod.spec.tolerations?.first(where: { $0.tolerates(taint) }) else { return .none }
            if let seconds = toleration.tolerationSeconds { shortest = min(shortest ?? .max, max(0, seconds)) }
        }
        return shortest.map { .limited(.seconds($0)) } ?? .unlimited
    }

    enum Stay: Equatable, Sendable {
        case unlimited
        case limited(Duration)
        case none
    }

    /// When the taints hit the pod, for somebody who was not there: a server that was started anew begins no new count.
    static func hitAt(_ pod: Pod, _ taints: [Taint], now: MicroTime) -> MicroTime {
        let added = taints.filter { $0.effect == "NoExecute" }.map { $0.timeAdded.map(micro) ?? now }.min() ?? now
        let bound = pod.condition("PodScheduled")?.lastTransitionTime ?? pod.metadata.creationTimestamp
        return min(now, max(added, bound.map(micro) ?? added))
    }

    private static func micro(_ time: Time) -> MicroTime { MicroTime(microseconds: time.seconds * 1_000_000) }
}
