import KubernetesAPI

/// Where a pod goes, or why it waits.
enum SchedulingDecision: Equatable {
    /// The volumes are directories that are from now on this node's.
    case bind(node: String, pinning: [PersistentVolume])
    /// The claims learn the node and are bound first.
    case provision(node: String, claims: [PersistentVolumeClaim])
    case wait(message: String, for: Wait)
    /// Others go for it, and then it comes back.
    case preempt(Preemption.Plan, message: String, for: Wait)

    /// - Parameters:
    ///   - cluster: changes only in what it remembers to answer faster.
    ///   - budgets: what is to be spared where pods are pushed out.
    static func decide(
        _ pod: Pod, _ cluster: inout ClusterState, volumes: VolumeFilter.Volumes, budgets: [PodDisruptionBudget] = []
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
        let applicant = Applicant(pod, claims: claims)
        let (fitting, rejections) = fit(applicant, &cluster)
        if let best = best(applicant, fitting, &cluster) {
            if !claims.waiting.isEmpty { return .provision(node: best, claims: claims.waiting) }
            return .bind(node: best, pinning: claims.unpinned)
        }
        var wait = Wait(
            causes: Set(rejections.map(\.rejection.cause)), requests: applicant.requests,
            neighbours: neighbours(applicant))
        let answer = Preemption(applicant, budgets: budgets).answer(rejections, &cluster)
        func message(_ preemption: String?) -> String {
            FailureMessage.text(rejections.map(\.rejection), preemption: preemption)
        }
        switch answer {
        case .push(let plan): return .preempt(plan, message: message(nil), for: wait)
        case .refused(let why): return .wait(message: message(why), for: wait)
        case .underWay:
            wait.keepsNomination = true
            return .wait(message: message("not eligible due to a terminating pod on the nominated node"), for: wait)
        }
    }

    /// The slots of nodes that will do, and why the others will not.
    static func fit(
        _ applicant: Applicant, _ cluster: inout ClusterState
    ) -> (fitting: [Int], rejections: [NodeRejection]) {
        let check = NodeCheck(applicant, &cluster)
        var fitting: [Int] = []
        var rejections: [NodeRejection] = []
        for (slot, state) in cluster.slots.enumerated() {
            guard let facts = state.facts else { continue }
            if let rejection = check.rejection(slot, facts, cluster) {
                rejections.append(NodeRejection(slot: slot, node: facts.name, rejection: rejection))
            } else {
                fitting.append(slot)
            }
        }
        return (fitting, rejections)
    }

    /// The node that was cleared for it; else the best. Of equally good nodes the one with fewest pods, then the first by
    /// name: the same choice on every run.
    private static func best(_ applicant: Applicant, _ fitting: [Int], _ cluster: inout ClusterState) -> String? {
        if fitting.count <= 1 { return fitting.first.map { cluster.slots[$0].name } }
        if let promised = cluster.nominations.node(of: applicant.uid),
            fitting.contains(where: { cluster.slots[$0].name == promised })
        {
            return promised
        }
        // Equal nodes may differ in the last digits of a sum.
        let scores = NodeScores.scores(
            applicant.pod, applicant.traits, applicant.terms, applicant.requests, fitting: fitting, &cluster
        ).map { Int($0 * 1_000_000) }
        let best = fitting.indices.max { a, b in
            if scores[a] != scores[b] { return scores[a] < scores[b] }
            let (a, b) = (cluster.slots[fitting[a]], cluster.slots[fitting[b]])
            return a.podCount != b.podCount ? a.podCount > b.podCount : a.name > b.name
        }
        return best.map { cluster.slots[fitting[$0]].name }
    }

    private static func neighbours(_ applicant: Applicant) -> [PodSelection] {
        (applicant.terms.needed + applicant.terms.repelled).map(\.pods)
            + (applicant.pod.spec.topologySpreadConstraints ?? []).filter { $0.whenUnsatisfiable == "DoNotSchedule" }
            .map { $0.selection(for: applicant.traits) }
    }
}
