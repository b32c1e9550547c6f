import KubernetesAPI

/// Where a pod goes, or why it waits.
enum SchedulingDecision: Equatable {
    case bind(node: String)
    /// The claims learn the node and are bound first.
    case provision(node: String, claims: [PersistentVolumeClaim])
    case wait(message: String, causes: Set<Rejection.Cause>)

    static func decide(_ pod: Pod, nodes: [NodeState], volumes: VolumeFilter.Volumes) -> SchedulingDecision {
        if nodes.isEmpty { return .wait(message: "no nodes available to schedule pods", causes: [.node]) }
        let volumes = VolumeFilter.check(pod, volumes)
        if case .refused(let rejection) = volumes {
            return .wait(
                message: FailureMessage.text(forAll: rejection.reasons[0], nodes: nodes.count),
                causes: [rejection.cause])
        }
        let requests = PodRequests(pod)
        var rejections: [Rejection] = []
        var fitting: [NodeState] = []
        for state in nodes {
            if let rejection = NodeFilters.rejection(pod, requests, state) {
                rejections.append(rejection)
            } else {
                fitting.append(state)
            }
        }
        guard let best = best(pod, requests, fitting), let name = best.node?.metadata.name else {
            return .wait(message: FailureMessage.text(rejections), causes: Set(rejections.map(\.cause)))
        }
        if case .bindFirst(let claims) = volumes { return .provision(node: name, claims: claims) }
        return .bind(node: name)
    }

    /// Of equally good nodes the one with fewest pods, then the first by name: the same choice on every run.
    private static func best(_ pod: Pod, _ requests: PodRequests, _ fitting: [NodeState]) -> NodeState? {
        if fitting.count <= 1 { return fitting.first }
        return fitting.map { (state: $0, score: NodeScore.score(pod, requests, $0, among: fitting)) }
            .max { a, b in
                if a.score != b.score { return a.score < b.score }
                if a.state.pods.count != b.state.pods.count { return a.state.pods.count > b.state.pods.count }
                return (a.state.node?.metadata.name ?? "") > (b.state.node?.metadata.name ?? "")
            }?.state
    }
}
