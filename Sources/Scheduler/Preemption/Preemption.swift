import KubernetesAPI

/// Whom to push out for a pod that found no place.
///
/// On each node where it could help, all pods of lower priority are thought away; where the pod then fits, as many as
/// possible come back, the most important first. Of the nodes the one with the least damage is taken.
/// Source: kubernetes pkg/scheduler/framework/preemption and plugins/defaultpreemption.
struct Preemption {
    enum Answer: Equatable {
        case push(Plan)
        /// What the pod's condition says after "preemption: ".
        case refused(String)
        /// Whom it pushed out is still going.
        case underWay
    }

    /// Who goes, and where.
    struct Plan: Equatable, Sendable {
        var node: String
        /// The most important first.
        var victims: [PlacedPod]
        /// How many of them a disruption budget would rather keep.
        var violations: Int
    }

    private let applicant: Applicant
    private let budgets: [PodDisruptionBudget]

    init(_ applicant: Applicant, budgets: [PodDisruptionBudget]) {
        self.applicant = applicant
        self.budgets = budgets
    }

    /// - Parameters:
    ///   - rejections: why each node said no.
    ///   - cluster: is left as it was but for what it remembers to answer faster.
    func answer(_ rejections: [NodeRejection], _ cluster: inout ClusterState) -> Answer {
        if applicant.pod.spec.preemptionPolicy == "Never" {
            return .refused("not eligible due to preemptionPolicy=Never")
        }
        if isUnderWay(rejections, cluster) { return .underWay }
        var plans: [Plan] = []
        var reasons: [String] = []
        let lower = cluster.pods(below: applicant.priority)
        // One copy for all trials.
        var trial = lower.isEmpty ? ClusterState() : cluster
        for node in rejections {
            if node.rejection.isFinal {
                reasons.append("Preemption is not helpful for scheduling")
            } else if let victims = lower[node.slot] {
                switch attempt(node, victims, &trial) {
                case .success(let plan): plans.append(plan)
                case .failure(let remaining): reasons += remaining.rejection.reasons
                }
            } else {
                reasons.append("No preemption victims found for incoming pod")
            }
        }
        if let best = plans.min(by: { $0.damage < $1.damage }) { return .push(best) }
        return .refused(FailureMessage.text(reasons: reasons, nodes: rejections.count))
    }

    /// Whether the node that it was promised is still being cleared: then nobody else has to go.
    private func isUnderWay(_ rejections: [NodeRejection], _ cluster: ClusterState) -> Bool {
        guard let name = cluster.nominations.node(of: applicant.uid),
            let node = rejections.first(where: { $0.node == name }), !node.rejection.isFinal
        else { return false }
        return cluster.pods(below: applicant.priority)[node.slot]?.contains(where: cluster.isGoing) ?? false
    }

    private func attempt(
        _ node: NodeRejection, _ candidates: [PlacedPod], _ trial: inout ClusterState
    ) -> Result<Plan, NodeRejection> {
        for pod in candidates { trial.forget(uid: pod.uid) }
        // Whatever the outcome, the next node's trial begins with everybody in their places.
        defer { for pod in candidates { trial.put(pod, on: node.node) } }
        if let rejection = rejection(on: node, &trial) {
            return .failure(NodeRejection(slot: node.slot, node: node.node, rejection: rejection))
        }
        let sorted = candidates.sorted { $0.importance > $1.importance }
        let kept = PodDisruptionBudget.protected(sorted, by: budgets)
        var victims: [PlacedPod] = []
        // Those that a budget protects come back first.
        for pod in sorted.filter({ kept.contains($0.uid) }) + sorted.filter({ !kept.contains($0.uid) }) {
            trial.put(pod, on: node.node)
            guard rejection(on: node, &trial) != nil else { continue }
            trial.forget(uid: pod.uid)
            victims.append(pod)
        }
        victims.sort { $0.importance > $1.importance }
        return .success(
            Plan(node: node.node, victims: victims, violations: victims.count { kept.contains($0.uid) }))
    }

    private func rejection(on node: NodeRejection, _ trial: inout ClusterState) -> Rejection? {
        guard let facts = trial.slots[node.slot].facts else { return node.rejection }
        return NodeCheck(applicant, &trial).rejection(node.slot, facts, trial)
    }
}

extension Preemption.Plan {
    /// Less is better, compared in this order: pods that a budget would keep, the most important victim, the sum of
    /// priorities, the number of victims, the age of the most important ones; then the name, so that the choice is the same
    /// on every run. Source: preemption.go pickOneNodeForPreemption.
    fileprivate var damage: (Int, Int32, Int64, Int, Int64, String) {
        let highest = victims.first?.priority ?? .min
        // From the lowest possible on, so that more victims are never better than fewer.
        let sum = victims.reduce(Int64(0)) { $0 + Int64($1.priority) - Int64(Int32.min) }
        let oldest = victims.filter { $0.priority == highest }.map(\.created).min() ?? 0
        return (violations, highest, sum, victims.count, -oldest, node)
    }
}

extension PlacedPod {
    /// Of equal priority the older one matters more.
    var importance: (Int32, Int64, String) { (priority, -created, uid) }
}

extension PodDisruptionBudget {
    /// The pods that would go beyond what their budgets allow, were all of them to go in this order.
    /// Source: default_preemption.go filterPodsWithPDBViolation.
    static func protected(_ pods: [PlacedPod], by budgets: [PodDisruptionBudget]) -> Set<String> {
        var allowed = budgets.map { Int($0.status.disruptionsAllowed) }
        var protected: Set<String> = []
        for pod in pods where !pod.traits.labels.isEmpty {
            var metadata = ObjectMeta(name: pod.name.name, namespace: pod.traits.namespace)
            metadata.labels = pod.traits.labels
            for (index, budget) in budgets.enumerated() where budget.covers(metadata) {
                // Counted already when its eviction was granted.
                if budget.status.disruptedPods?[pod.name.name] != nil { continue }
                allowed[index] -= 1
                if allowed[index] < 0 { protected.insert(pod.uid) }
            }
        }
        return protected
    }
}
