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
        let state = cluster.state(at: slot, forPod: applicant.uid, priority: applicant.priority)
        return NodeFilters.rejection(applicant.pod, applicant.requests, state, facts)
            ?? applicant.claims.rejection(facts) ?? spread.rejection(facts) ?? affinity.rejection(facts)
    }
}
