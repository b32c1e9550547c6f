import KubernetesAPI

/// Of a pod what other pods' rules look at.
struct PodTraits: Equatable, Sendable {
    var namespace: String
    var labels: [String: String]
    var isTerminating: Bool

    init(_ pod: Pod) {
        namespace = pod.metadata.namespace ?? ""
        labels = pod.metadata.labels ?? [:]
        isTerminating = pod.metadata.deletionTimestamp != nil
    }
}

/// A pod that takes room on a node.
struct PlacedPod: Equatable, Sendable {
    var uid: String
    var name: ObjectName
    var priority: Int32
    /// In seconds since 1970.
    var created: Int64
    var traits: PodTraits
    var requests: PodRequests
    /// The uid of its managing owner.
    var owner: String?
    /// Claims that it mounts, as namespace and name.
    var claims: [ObjectName]
    /// Which pods must not come near it.
    var repels: [PodTerm]
    /// Which pods it would have near it, or not: its preferences hold for those that come later too.
    var wishes: [PodWish]

    init(_ pod: Pod) {
        uid = pod.metadata.uid ?? ""
        name = pod.objectName
        priority = pod.spec.priority ?? 0
        created = pod.metadata.creationTimestamp?.seconds ?? 0
        traits = PodTraits(pod)
        requests = PodRequests(pod)
        owner = pod.metadata.controllerReference?.uid
        claims = pod.claims
        let terms = PodTerms(pod)
        repels = terms.repelled
        // A required affinity counts as a wish for those that come later.
        // Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/interpodaffinity, hardPodAffinityWeight.
        wishes = terms.wishes + terms.needed.map { PodWish(term: $0, weight: 1) }
    }
}

extension Pod {
    /// The claims that its volumes name.
    var claims: [ObjectName] {
        (spec.volumes ?? []).compactMap { volume in
            volume.persistentVolumeClaim.map { ObjectName(namespace: metadata.namespace, $0.claimName) }
        }
    }
    var isTerminal: Bool { status.phase == "Succeeded" || status.phase == "Failed" }
}
