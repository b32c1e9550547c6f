/// Room that is kept for pods whose victims are still going.
struct Nominations: Sendable {
    private var byNode: [String: [String: PlacedPod]] = [:]
    private var nodes: [String: String] = [:]

    /// The node that is kept for the pod.
    func node(of uid: String) -> String? { nodes[uid] }

    func pods(on node: String) -> [PlacedPod] { byNode[node].map { Array($0.values) } ?? [] }

    mutating func add(_ pod: PlacedPod, on node: String) {
        remove(pod.uid)
        nodes[pod.uid] = node
        byNode[node, default: [:]][pod.uid] = pod
    }

    /// Returns the node that was kept for it.
    @discardableResult
    mutating func remove(_ uid: String) -> String? {
        guard let node = nodes.removeValue(forKey: uid) else { return nil }
        byNode[node]?[uid] = nil
        if byNode[node]?.isEmpty == true { byNode[node] = nil }
        return node
    }
}
