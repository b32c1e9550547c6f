import KubernetesAPI

/// A node and what is taken on it, kept up pod by pod.
struct NodeState: Sendable {
    /// Nil while only its pods are known.
    var node: Node?
    private(set) var pods: [String: PlacedPod] = [:]
    private(set) var taken: [String: Int64] = [:]
    /// The same with the assumed minimum of pods that ask for nothing, for scoring.
    private(set) var scored: [String: Int64] = [:]
    /// Pods of each managing owner.
    private(set) var companions: [String: Int] = [:]

    init(node: Node? = nil) { self.node = node }

    /// By resource name, in the units of `PodRequests`.
    func allocatable(_ name: String) -> Int64? {
        guard let status = node?.status else { return nil }
        return (status.allocatable ?? status.capacity ?? [:])[name].map { PodRequests.amount(name, $0) }
    }

    mutating func place(_ pod: PlacedPod) {
        remove(uid: pod.uid)
        pods[pod.uid] = pod
        count(pod, 1)
    }

    mutating func remove(uid: String) {
        guard let pod = pods.removeValue(forKey: uid) else { return }
        count(pod, -1)
    }

    private mutating func count(_ pod: PlacedPod, _ sign: Int64) {
        for (name, amount) in pod.requests.resources { taken[name, default: 0] += sign * amount }
        for name in ["cpu", "memory"] { scored[name, default: 0] += sign * pod.requests.forScoring(name) }
        if let owner = pod.owner { companions[owner, default: 0] += Int(sign) }
    }
}

/// A pod that takes room on a node.
struct PlacedPod: Equatable, Sendable {
    var uid: String
    var requests: PodRequests
    /// The uid of its managing owner.
    var owner: String?
    /// Claims that it mounts, as namespace and name.
    var claims: [ObjectName]

    init(_ pod: Pod) {
        uid = pod.metadata.uid ?? ""
        requests = PodRequests(pod)
        owner = pod.metadata.controllerReference?.uid
        claims = pod.claims
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
