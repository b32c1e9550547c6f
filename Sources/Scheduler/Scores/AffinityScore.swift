/// Preferred pod affinity and anti-affinity: the pod's own wishes, and those of the pods that are there about it.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/interpodaffinity/scoring.go.
enum AffinityScore {
    /// 0...100 for each slot; nil when nobody wishes anything.
    static func score(
        _ pod: PodTraits, _ terms: PodTerms, _ fitting: [Int], _ cluster: inout ClusterState
    ) -> [Double]? {
        /// By label, then by value.
        var worth: [String: [String: Int]] = [:]
        for wish in terms.wishes {
            let perSlot = cluster.counts(of: [wish.term.pods])
            for (value, count) in cluster.near(perSlot, wish.term.topologyKey) {
                worth[wish.term.topologyKey, default: [:]][value, default: 0] += count * wish.weight
            }
        }
        for (wish, perSlot) in cluster.wishes
        where wish.term.pods.matches(pod, namespaceLabels: cluster.labels(ofNamespace:)) {
            for (slot, count) in perSlot {
                guard let value = cluster.slots[slot].facts?.labels[wish.term.topologyKey] else { continue }
                worth[wish.term.topologyKey, default: [:]][value, default: 0] += count * wish.weight
            }
        }
        if worth.isEmpty { return nil }
        let sums = fitting.map { slot in
            worth.reduce(0) { sum, part in
                sum + (cluster.slots[slot].facts?.labels[part.key].flatMap { part.value[$0] } ?? 0)
            }
        }
        guard let most = sums.max(), let least = sums.min(), most > least else { return nil }
        return sums.map { Double($0 - least) * 100 / Double(most - least) }
    }
}
