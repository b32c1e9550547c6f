import KubernetesAPI

/// The scheduler's own account of who is where: what the copies show, and the pods it has placed but that the copies do not
/// show yet. So the next pod can be placed while earlier bindings are still under way.
struct ClusterState: Sendable {
    private(set) var nodes: [String: NodeState] = [:]
    /// The node of each placed pod, by uid.
    private var places: [String: String] = [:]
    private(set) var assumed: Set<String> = []

    mutating func set(node: Node) { nodes[node.metadata.name ?? "", default: NodeState()].node = node }

    mutating func remove(node name: String) {
        nodes[name]?.node = nil
        if nodes[name]?.pods.isEmpty == true { nodes[name] = nil }
    }

    /// A pod's change as the copies show it. Returns whether room became free.
    mutating func observe(old: Pod?, new: Pod?) -> Bool {
        if let new, let uid = new.metadata.uid, let node = new.spec.nodeName, !node.isEmpty, !new.isTerminal {
            assumed.remove(uid)
            if let place = places[uid], place != node { nodes[place]?.remove(uid: uid) }
            // Most changes of a placed pod are about its status and cost nothing here.
            if places[uid] != node || old?.spec.containers != new.spec.containers { put(PlacedPod(new), on: node) }
            return false
        }
        // A pod that the copies still show as waiting may be one that was placed a moment ago.
        if let new, !new.isTerminal, old?.metadata.uid ?? new.metadata.uid == new.metadata.uid { return false }
        guard let uid = (old ?? new)?.metadata.uid else { return false }
        return forget(uid: uid)
    }

    mutating func assume(_ pod: Pod, on node: String) {
        guard let uid = pod.metadata.uid else { return }
        assumed.insert(uid)
        put(PlacedPod(pod), on: node)
    }

    /// The pod is gone, or its binding failed. Returns whether it had a place.
    @discardableResult
    mutating func forget(uid: String) -> Bool {
        assumed.remove(uid)
        guard let node = places.removeValue(forKey: uid) else { return false }
        nodes[node]?.remove(uid: uid)
        if nodes[node]?.node == nil, nodes[node]?.pods.isEmpty == true { nodes[node] = nil }
        return true
    }

    private mutating func put(_ pod: PlacedPod, on node: String) {
        places[pod.uid] = node
        nodes[node, default: NodeState()].place(pod)
    }

    /// The nodes that exist, by name.
    var known: [NodeState] {
        nodes.values.filter { $0.node != nil }.sorted {
            ($0.node?.metadata.name ?? "") < ($1.node?.metadata.name ?? "")
        }
    }

    /// Whether a pod other than this one mounts the claim, anywhere.
    func isMounted(_ claim: ObjectName) -> Bool {
        nodes.values.contains { $0.pods.values.contains { $0.claims.contains(claim) } }
    }
}
