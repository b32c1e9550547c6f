import KubernetesAPI

/// What each node must offer, asked in the order of Kubernetes' plugins; the first that refuses gives the reason.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins.
enum NodeFilters {
    static func rejection(_ pod: Pod, _ requests: PodRequests, _ state: NodeState) -> Rejection? {
        guard let node = state.node else { return Rejection(["node(s) were not found"], isFinal: true, .node) }
        return unschedulable(pod, node) ?? taints(pod, node) ?? selector(pod, node) ?? ports(requests, state)
            ?? resources(requests, state)
    }

    /// `kubectl cordon`.
    private static func unschedulable(_ pod: Pod, _ node: Node) -> Rejection? {
        guard node.spec.unschedulable == true else { return nil }
        let taint = Taint(key: "node.kubernetes.io/unschedulable", effect: "NoSchedule")
        if pod.tolerates(taint) { return nil }
        return Rejection(["node(s) were unschedulable"], isFinal: true, .node)
    }

    private static func taints(_ pod: Pod, _ node: Node) -> Rejection? {
        let taint = node.spec.taints?.first {
            ($0.effect == "NoSchedule" || $0.effect == "NoExecute") && !pod.tolerates($0)
        }
        guard let taint else { return nil }
        return Rejection(
            ["node(s) had untolerated taint {\(taint.key): \(taint.value ?? "")}"], isFinal: true, .node)
    }

    private static func selector(_ pod: Pod, _ node: Node) -> Rejection? {
        let labels = node.metadata.labels ?? [:]
        if (pod.spec.nodeSelector ?? [:]).allSatisfy({ labels[$0.key] == $0.value }) { return nil }
        return Rejection(["node(s) didn't match Pod's node affinity/selector"], isFinal: true, .node)
    }

    private static func ports(_ requests: PodRequests, _ state: NodeState) -> Rejection? {
        let taken = state.pods.values.lazy.flatMap(\.requests.hostPorts)
        let clash = requests.hostPorts.contains { wanted in taken.contains { $0.clashes(with: wanted) } }
        return clash
            ? Rejection(["node(s) didn't have free ports for the requested pod ports"], isFinal: false, .room) : nil
    }

    private static func resources(_ requests: PodRequests, _ state: NodeState) -> Rejection? {
        var reasons: [String] = []
        if Int64(state.pods.count) + 1 > state.allocatable("pods") ?? 0 { reasons.append("Too many pods") }
        for (name, amount) in requests.resources.sorted(by: { $0.key < $1.key }) where amount > 0 {
            // A node that does not measure its scratch space does not limit it either.
            if name == "ephemeral-storage", state.allocatable(name) == nil { continue }
            let whole = state.allocatable(name) ?? 0
            guard amount > whole - (state.taken[name] ?? 0) else { continue }
            reasons.append("Insufficient \(name)")
        }
        return reasons.isEmpty ? nil : Rejection(reasons, isFinal: false, .room)
    }
}

extension Pod {
    func tolerates(_ taint: Taint) -> Bool { (spec.tolerations ?? []).contains { $0.tolerates(taint) } }
}

extension Toleration {
    /// Source: k8s.io/api core/v1, Toleration.ToleratesTaint.
    func tolerates(_ taint: Taint) -> Bool {
        if let effect, !effect.isEmpty, effect != taint.effect { return false }
        if let key, !key.isEmpty, key != taint.key { return false }
        switch `operator` ?? "Equal" {
        case "Exists": return true
        case "Equal", "": return (value ?? "") == (taint.value ?? "")
        default: return false
        }
    }
}
