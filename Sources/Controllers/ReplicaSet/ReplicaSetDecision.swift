import KubernetesAPI

/// How many pods a ReplicaSet lacks or has too many, and which of them go.
enum ReplicaSetDecision: Equatable {
    case nothing
    case create(Int)
    /// In the order in which they are given up.
    case delete([Pod])

    /// Never more at once, so that one ReplicaSet cannot flood the server.
    /// Source: kubernetes/kubernetes pkg/controller/replicaset, BurstReplicas.
    static let burst = 500

    /// - Parameters:
    ///   - pods: the active pods that the ReplicaSet owns.
    ///   - related: the active pods of all ReplicaSets of the same Deployment: a node that holds many of them gives one
    ///     up before a node that holds few.
    static func decide(replicas: Int, pods: [Pod], related: [Pod], now: Time) -> ReplicaSetDecision {
        let missing = replicas - pods.count
        if missing > 0 { return .create(min(missing, burst)) }
        if missing < 0 {
            let ranked = PodDeletionRank.sorted(pods, related: related, now: now)
            return .delete(Array(ranked.prefix(min(-missing, burst))))
        }
        return .nothing
    }
}
