import KubernetesAPI

/// The order in which a ReplicaSet gives up pods: what is worth least first.
/// Source: kubernetes/kubernetes pkg/controller/controller_utils.go, ActivePodsWithRanks.
struct PodDeletionRank: Comparable {
    static let costAnnotation = "controller.kubernetes.io/pod-deletion-cost"

    let assigned: Bool
    /// Pending, Unknown, Running: a phase that promises less goes first.
    let phase: Int
    let ready: Bool
    /// Lower costs go first. An annotation that is no 32-bit integer counts as 0, as in Kubernetes.
    let cost: Int
    /// Pods of the same Deployment on the same node; more go first.
    let companions: Int
    /// Whole seconds. Young ones go first.
    let readyFor: Int64
    let restarts: Int
    /// Whole seconds.
    let age: Int64
    /// Only so that the order is the same on every run.
    let name: String

    init(_ pod: Pod, companions: Int, now: Time) {
        assigned = pod.spec.nodeName?.isEmpty == false
        phase =
            switch pod.status.phase {
            case "Pending", nil, "": 0
            case "Unknown": 1
            default: 2
            }
        ready = pod.isReady
        cost = pod.metadata.annotations?[Self.costAnnotation].flatMap { Int32($0) }.map(Int.init) ?? 0
        self.companions = companions
        readyFor = ready ? pod.readySince.map { now - $0 } ?? 0 : 0
        restarts = (pod.status.containerStatuses ?? []).map { Int($0.restartCount) }.max() ?? 0
        age = pod.metadata.creationTimestamp.map { now - $0 } ?? 0
        name = pod.metadata.name ?? ""
    }

    static func < (a: Self, b: Self) -> Bool {
        if a.assigned != b.assigned { return !a.assigned }
        if a.phase != b.phase { return a.phase < b.phase }
        if a.ready != b.ready { return !a.ready }
        if a.cost != b.cost { return a.cost < b.cost }
        if a.companions != b.companions { return a.companions > b.companions }
        // Kubernetes compares only the magnitude of these times (KEP-2185) and leaves the rest to chance; here strictly,
        // so that a pod still inside minReadySeconds goes before one that counts as available.
        if a.readyFor != b.readyFor { return a.readyFor < b.readyFor }
        if a.restarts != b.restarts { return a.restarts > b.restarts }
        if a.age != b.age { return a.age < b.age }
        return a.name < b.name
    }

    static func sorted(_ pods: [Pod], related: [Pod], now: Time) -> [Pod] {
        var onNode: [String: Int] = [:]
        for pod in related where pod.isActive { onNode[pod.spec.nodeName ?? "", default: 0] += 1 }
        return
            pods
            .map { (pod: $0, rank: PodDeletionRank($0, companions: onNode[$0.spec.nodeName ?? ""] ?? 0, now: now)) }
            .sorted { $0.rank < $1.rank }
            .map(\.pod)
    }
}
