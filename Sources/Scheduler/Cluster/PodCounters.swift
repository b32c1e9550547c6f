/// How many pods of certain kinds each node has, counted on as pods come and go, so that no pod's turn looks at all others.
/// A count is begun when somebody first asks for it, and dropped when nobody has for long.
struct PodCounters: Sendable {
    private struct Counter {
        var perSlot: [Int]
        var lastUse: Int
    }

    private var counters: [[PodSelection]: Counter] = [:]
    private var uses = 0
    private static let limit = 256

    /// Pods that all of the selections choose, by slot.
    /// - Parameter pods: all placed pods; read only when this is a new question.
    mutating func counts(
        of selections: [PodSelection], slots: Int, pods: [String: ClusterState.Place],
        namespaceLabels: (String) -> [String: String]
    ) -> [Int] {
        uses += 1
        counters[selections]?.lastUse = uses
        if let known = counters[selections]?.perSlot {
            return known.count < slots ? known + Array(repeating: 0, count: slots - known.count) : known
        }
        var counter = Counter(perSlot: Array(repeating: 0, count: slots), lastUse: uses)
        for place in pods.values
        where selections.allSatisfy({ $0.matches(place.pod.traits, namespaceLabels: namespaceLabels) }) {
            counter.perSlot[place.slot] += 1
        }
        if counters.count >= Self.limit, let oldest = counters.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            counters[oldest.key] = nil
        }
        counters[selections] = counter
        return counter.perSlot
    }

    mutating func count(
        _ pod: PodTraits, at slot: Int, _ sign: Int, namespaceLabels: (String) -> [String: String]
    ) {
        for (selections, counter) in counters
        where selections.allSatisfy({ $0.matches(pod, namespaceLabels: namespaceLabels) }) {
            if slot >= counter.perSlot.count {
                let missing = slot + 1 - counter.perSlot.count
                counters[selections]?.perSlot += Array(repeating: 0, count: missing)
            }
            counters[selections]?.perSlot[slot] += sign
        }
    }

    /// A namespace's labels changed: whatever looks at such labels is counted anew.
    mutating func forgetNamespaceSelections() {
        counters = counters.filter { selections, _ in !selections.contains { $0.namespaceSelector != nil } }
    }
}
