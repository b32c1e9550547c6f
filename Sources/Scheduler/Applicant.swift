import KubernetesAPI

/// A pod that looks for a place, read out once for all nodes.
struct Applicant {
    let pod: Pod
    let uid: String
    let priority: Int32
    let requests: PodRequests
    let traits: PodTraits
    let terms: PodTerms
    /// What its claims mean.
    let claims: VolumeFilter

    init(_ pod: Pod, claims: VolumeFilter = VolumeFilter()) {
        self.pod = pod
        self.claims = claims
        uid = pod.metadata.uid ?? ""
        priority = pod.spec.priority ?? 0
        requests = PodRequests(pod)
        traits = PodTraits(pod)
        terms = PodTerms(pod)
    }
}

/// All filters for one pod over the cluster as it is at this moment.
struct NodeCheck {
    private let applicant: Applicant
    private let spread: SpreadFilter
    private let affinity: AffinityFilter

    /// - Parameter cluster: changes only in what it remembers to answer faster.
    init(_ applicant: Applicant, _ cluster: inout ClusterState) {
        self.applicant = applicant
        spread = SpreadFilter(applicant.pod, applicant.traits, &cluster)
        affinity = AffinityFilter(applicant.traits, applicant.terms, &cluster)
    }

    /// Why the pod cannot go to the node in that slot; nil where it can.
    func rejection(_ slot: Int, _ facts: NodeFacts, _ cluster: ClusterState) -> Rejection? {
        let state = cluster.state(at: slot, for: applicant)
        return NodeFilters.rejection(applicant.pod, applicant.requests, state, facts)
            ?? applicant.claims.rejection(facts) ?? spread.rejection(facts) ?? affinity.rejection(facts)
    }
}
