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
