import KubernetesAPI

/// How a DaemonSet's old pods give way to new ones: by absence (`maxUnavailable`) or side by side (`maxSurge`).
/// Source: kubernetes pkg/controller/daemon/update.go rollingUpdate.
struct DaemonRollout {
    private let set: DaemonSet
    private let hash: String
    private let now: MicroTime

    /// - Parameter hash: of the newest revision.
    init(_ set: DaemonSet, hash: String, now: MicroTime) {
        self.set = set
        self.hash = hash
        self.now = now
    }

    private var surges: Bool { maxSurge(of: 100) > 0 }

    private func isNew(_ pod: Pod) -> Bool { pod.metadata.labels?[DaemonPod.hashLabel] == hash }
    private func isAvailable(_ pod: Pod) -> Bool {
        pod.isAvailable(minReadySeconds: Int(set.spec.minReadySeconds ?? 0), now: now)
    }

    /// Of one node's living pods, by age, those that are too many.
    func surplus(_ pods: [Pod]) -> [Pod] {
        guard surges else { return Array(pods.dropFirst()) }
        let (new, old) = (pods.filter(isNew), pods.filter { !isNew($0) })
        var surplus = Array(new.dropFirst() + old.dropFirst())
        // The pair stays while the old one serves and the new one cannot yet.
        if let oldest = old.first, let newest = new.first, !oldest.isReady || isAvailable(newest) {
            surplus.append(oldest)
        }
        return surplus
    }

    /// - Parameter nodes: those that are to run a pod, with the living pods that stay: one, or the pair of a surge.
    func step(_ nodes: [(node: String, pods: [Pod])]) -> (delete: [Pod], create: [String]) {
        guard set.spec.updateStrategy.type != "OnDelete" else { return ([], []) }
        return surges ? ([], grow(nodes)) : (shrink(nodes), [])
    }

    /// Deletes as many old pods as may be missing; the next step makes their successors.
    ///
    /// A node without an available pod counts against the bound whatever the reason. Old pods that are not available serve
    /// nobody, so they go at once and cost nothing more.
    private func shrink(_ nodes: [(node: String, pods: [Pod])]) -> [Pod] {
        var unavailable = 0
        var candidates: [Pod] = []
        var delete: [Pod] = []
        for (_, pods) in nodes {
            guard let pod = pods.first else {
                unavailable += 1
                continue
            }
            let available = isAvailable(pod)
            if !available { unavailable += 1 }
            if isNew(pod) { continue }
            if available { candidates.append(pod) } else { delete.append(pod) }
        }
        return delete + candidates.prefix(max(0, maxUnavailable(of: nodes.count) - unavailable))
    }

    /// Names the nodes where a new pod comes beside the old one, as many at a time as may have both. Where the old one
    /// serves nobody the bound does not count. The old one goes by `surplus`.
    private func grow(_ nodes: [(node: String, pods: [Pod])]) -> [String] {
        var pairs = 0
        var candidates: [String] = []
        var create: [String] = []
        for (node, pods) in nodes {
            guard let old = pods.first(where: { !isNew($0) }) else { continue }
            if pods.contains(where: isNew) {
                pairs += 1
            } else if isAvailable(old) {
                candidates.append(node)
            } else {
                create.append(node)
            }
        }
        return create + candidates.prefix(max(0, maxSurge(of: nodes.count) - pairs))
    }

    /// At least one, or a small percentage of few nodes would stand still for ever.
    private func maxUnavailable(of desired: Int) -> Int {
        let given = set.spec.updateStrategy.rollingUpdate?.maxUnavailable ?? 1
        return max(1, given.scaled(of: desired, roundUp: true) ?? 1)
    }

    private func maxSurge(of desired: Int) -> Int {
        guard set.spec.updateStrategy.type != "OnDelete" else { return 0 }
        return set.spec.updateStrategy.rollingUpdate?.maxSurge?.scaled(of: desired, roundUp: true) ?? 0
    }
}
