import KubernetesAPI

/// Where a pod goes, or why it waits.
enum SchedulingDecision: Equatable {
    /// The volumes are directories that are from now on this node's.
    case bind(node: String, pinning: [PersistentVolume])
    /// The claims learn the node and are bound first.
    case provision(node: String, claims: [PersistentVolumeClaim])
    case wait(message: String, for: Wait)

    /// What to wait for.
    struct Wait: Equatable, Sendable {
        var causes: Set<Rejection.Cause>
        /// Of a pod that waits for room: how much.
        var requests = PodRequests()
        /// Of one that waits for neighbours: which.
        var neighbours: [PodSelection] = []
    }

    /// - Parameter cluster: changes only in what it remembers to answer faster.
    static func decide(
        _ pod: Pod, _ cluster: inout ClusterState, volumes: VolumeFilter.Volumes
    ) -> SchedulingDecision {
        let nodes = cluster.nodeCount
        if nodes == 0 { return .wait(message: "no nodes available to schedule pods", for: Wait(causes: [.node])) }
        let claims: VolumeFilter
        switch VolumeFilter.check(pod, volumes, isMounted: cluster.isMounted) {
        case .possible(let filter): claims = filter
        case .refused(let rejection):
            return .wait(
                message: FailureMessage.text(forAll: rejection.reasons[0], nodes: nodes),
                for: Wait(causes: [rejection.cause]))
        }
        let (requests, traits, terms) = (PodRequests(pod), PodTraits(pod), PodTerms(pod))
        let (fitting, rejections) = fit(pod, requests, traits, terms, claims, &cluster)
        guard let best = best(pod, traits, terms, requests, fitting, &cluster) else {
            let wait = Wait(
                causes: Set(rejections.map(\.rejection.cause)), requests: requests,
                neighbours: neighbours(pod, traits, terms))
            return .wait(message: FailureMessage.text(rejections.map(\.rejection)), for: wait)
        }
        if !claims.waiting.isEmpty { return .provision(node: best, claims: claims.waiting) }
        return .bind(node: best, pinning: claims.unpinned)
    }

    /// The slots of nodes that will do, and why the others will not.
    static func fit(
        _ pod: Pod, _ requests: PodRequests, _ traits: PodTraits, _ terms: PodTerms, _ claims: VolumeFilter,
        _ cluster: inout ClusterState
    ) -> (fitting: [Int], rejections: [(node: String, rejection: Rejection)]) {
        let spread = SpreadFilter(pod, traits, &cluster)
        let affinity = AffinityFilter(traits, terms, &cluster)
        var fitting: [Int] = []
        var rejections: [(String, Rejection)] = []
        for (slot, state) in cluster.slots.enumerated() {
            guard let facts = state.facts else { continue }
            let rejection =
                NodeFilters.rejection(pod, requests, state, facts) ?? claims.rejection(facts)
                ?? spread.rejection(facts) ?? affinity.rejection(facts)
            if let rejection { rejections.append((facts.name, rejection)) } else { fitting.append(slot) }
        }
        return (fitting, rejections)
    }

    /// Of equally good nodes the one with fewest pods, then the first by name: the same choice on every run.
    private static func best(
        _ pod: Pod, _ traits: PodTraits, _ terms: PodTerms, _ requests: PodRequests, _ fitting: [Int],
        _ cluster: inout ClusterState
    ) -> String? {
        if fitting.count <= 1 { return fitting.first.map { cluster.slots[$0].name } }
        // Equal nodes may differ in the last digits of a sum.
        let scores = NodeScores.scores(pod, traits, terms, requests, fitting: fitting, &cluster)
            .map { Int($0 * 1_000_000) }
        let best = fitting.indices.max { a, b in
            if scores[a] != scores[b] { return scores[a] < scores[b] }
            let (a, b) = (cluster.slots[fitting[a]], cluster.slots[fitting[b]])
            return a.podCount != b.podCount ? a.podCount > b.podCount : a.name > b.name
        }
        return best.map { cluster.slots[fitting[$0]].name }
    }

    private static func neighbours(_ pod: Pod, _ traits: PodTraits, _ terms: PodTerms) -> [PodSelection] {
        (terms.needed + terms.repelled).map(\.pods)
            + (pod.spec.topologySpreadConstraints ?? []).filter { $0.whenUnsatisfiable == "DoNotSchedule" }
            .map { $0.selection(for: traits) }
    }
}
