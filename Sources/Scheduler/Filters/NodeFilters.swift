import KubernetesAPI

/// What each node must offer by itself, asked in the order of Kubernetes' plugins; the first that refuses gives the reason.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins.
enum NodeFilters {
    static func rejection(
        _ pod: Pod, _ requests: PodRequests, _ state: NodeState, _ facts: NodeFacts
    ) -> Rejection? {
        named(pod, facts) ?? unschedulable(pod, facts) ?? taints(pod, facts) ?? selector(pod, facts)
            ?? room(requests, state, facts)
    }

    /// Where a pod asks for nodes by name, as a DaemonSet's does, the others are not even looked at.
    /// Source: kubernetes/kubernetes pkg/scheduler/schedule_one.go findNodesThatFitPod.
    private static func named(_ pod: Pod, _ facts: NodeFacts) -> Rejection? {
        guard let names = pod.namedNodes, !names.contains(facts.name) else { return nil }
        let reason =
            names.isEmpty ? "pod affinity terms conflict" : "node(s) didn't satisfy plugin(s) [NodeAffinity]"
        return Rejection([reason], isFinal: true, .node)
    }

    /// `kubectl cordon`.
    private static func unschedulable(_ pod: Pod, _ facts: NodeFacts) -> Rejection? {
        guard facts.isUnschedulable else { return nil }
        let taint = Taint(key: "node.kubernetes.io/unschedulable", effect: "NoSchedule")
        if pod.tolerates(taint) { return nil }
        return Rejection(["node(s) were unschedulable"], isFinal: true, .node)
    }

    private static func taints(_ pod: Pod, _ facts: NodeFacts) -> Rejection? {
        guard let taint = facts.hardTaints.first(where: { !pod.tolerates($0) }) else { return nil }
        return Rejection(
            ["node(s) had untolerated taint {\(taint.key): \(taint.value ?? "")}"], isFinal: true, .node)
    }

    private static func selector(_ pod: Pod, _ facts: NodeFacts) -> Rejection? {
        if pod.spec.selectsNode(name: facts.name, labels: facts.labels) { return nil }
        return Rejection(["node(s) didn't match Pod's node affinity/selector"], isFinal: true, .node)
    }

    /// Ports and resources: what goes with the pods that are there.
    static func room(_ requests: PodRequests, _ state: NodeState, _ facts: NodeFacts) -> Rejection? {
        ports(requests, state) ?? resources(requests, state, facts)
    }

    private static func ports(_ requests: PodRequests, _ state: NodeState) -> Rejection? {
        let clash = requests.hostPorts.contains { wanted in state.hostPorts.keys.contains { $0.clashes(with: wanted) } }
        return clash
            ? Rejection(["node(s) didn't have free ports for the requested pod ports"], isFinal: false, .room) : nil
    }

    private static func resources(
        _ requests: PodRequests, _ state: NodeState, _ facts: NodeFacts
    ) -> Rejection? {
        var reasons: [String] = []
        if Int64(state.podCount) + 1 > facts.allocatable["pods"] ?? 0 { reasons.append("Too many pods") }
        for (name, amount) in requests.resources where amount > 0 {
            // A node that does not measure its scratch space does not limit it either.
            if name == "ephemeral-storage", facts.allocatable[name] == nil { continue }
            guard amount > (facts.allocatable[name] ?? 0) - (state.taken[name] ?? 0) else { continue }
            reasons.append("Insufficient \(name)")
        }
        return reasons.isEmpty ? nil : Rejection(reasons.sorted(), isFinal: false, .room)
    }
}

extension Pod {
    /// The only nodes that its required affinity leaves by name; nil where a term names none.
    /// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/nodeaffinity, PreFilter.
    var namedNodes: Set<String>? {
        let required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
        guard let terms = required?.nodeSelectorTerms, !terms.isEmpty else { return nil }
        var names: Set<String> = []
        for term in terms {
            let fields = (term.matchFields ?? []).filter { $0.key == "metadata.name" && $0.operator == "In" }
            guard let first = fields.first else { return nil }
            names.formUnion(
                fields.dropFirst().reduce(Set(first.values ?? [])) { $0.intersection($1.values ?? []) })
        }
        return names
    }

    func tolerates(_ taint: Taint) -> Bool { (spec.tolerations ?? []).contains { $0.tolerates(taint) } }
}
