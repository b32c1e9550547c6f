import KubernetesAPI

/// Where required pod affinity and anti-affinity let a pod go: its own, and that of the pods that are there.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/interpodaffinity/filtering.go.
struct AffinityFilter {
    /// For each required term the number of pods near, by the value of its label.
    private var needed: [(key: String, counts: [String: Int])]
    private var repelled: [(key: String, counts: [String: Int])]
    /// Label values near which there is a pod that keeps this one away.
    private var closed: [String: Set<String>] = [:]
    /// The first of a group that wants to be together: there is none to be near, and it would be one.
    private var isFirst = false

    init(_ pod: PodTraits, _ terms: PodTerms, _ cluster: inout ClusterState) {
        needed = []
        repelled = []
        if !terms.needed.isEmpty {
            // Only pods that all of the terms choose count, for each of them.
            let selections = terms.needed.map(\.pods)
            let perSlot = cluster.counts(of: selections)
            needed = terms.needed.map { ($0.topologyKey, cluster.near(perSlot, $0.topologyKey)) }
            isFirst =
                needed.allSatisfy(\.counts.isEmpty)
                && selections.allSatisfy { $0.matches(pod, namespaceLabels: cluster.labels(ofNamespace:)) }
        }
        for term in terms.repelled {
            let perSlot = cluster.counts(of: [term.pods])
            repelled.append((term.topologyKey, cluster.near(perSlot, term.topologyKey)))
        }
        for (term, perSlot) in cluster.repels
        where term.pods.matches(pod, namespaceLabels: cluster.labels(ofNamespace:)) {
            for slot in perSlot.keys {
                guard let value = cluster.slots[slot].facts?.labels[term.topologyKey] else { continue }
                closed[term.topologyKey, default: []].insert(value)
            }
        }
    }

    func rejection(_ facts: NodeFacts) -> Rejection? {
        for (key, counts) in needed {
            guard let value = facts.labels[key], isFirst || counts[value] != nil else {
                return Rejection(["node(s) didn't match pod affinity rules"], isFinal: true, .neighbours)
            }
        }
        for (key, counts) in repelled {
            if let value = facts.labels[key], counts[value] != nil {
                return Rejection(["node(s) didn't match pod anti-affinity rules"], isFinal: false, .neighbours)
            }
        }
        for (key, values) in closed {
            if let value = facts.labels[key], values.contains(value) {
                return Rejection(
                    ["node(s) didn't satisfy existing pods anti-affinity rules"], isFinal: false, .repelled)
            }
        }
        return nil
    }
}

extension ClusterState {
    /// Counts by slot as counts by the value of a node label; values without any are left out.
    func near(_ perSlot: [Int], _ key: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for (slot, count) in perSlot.enumerated() where count > 0 {
            guard let value = slots[slot].facts?.labels[key] else { continue }
            counts[value, default: 0] += count
        }
        return counts
    }
}
