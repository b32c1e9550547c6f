import KubernetesAPI

/// Words of Kubernetes for what holds of a Deployment.
/// Source: kubernetes/kubernetes pkg/controller/deployment/util/deployment_util.go.
enum DeploymentReason {
    static let replicaSetUpdated = "ReplicaSetUpdated"
    static let replicaSetCreateError = "ReplicaSetCreateError"
    static let newReplicaSetCreated = "NewReplicaSetCreated"
    static let foundNewReplicaSet = "FoundNewReplicaSet"
    static let newReplicaSetAvailable = "NewReplicaSetAvailable"
    static let progressDeadlineExceeded = "ProgressDeadlineExceeded"
    static let paused = "DeploymentPaused"
    static let resumed = "DeploymentResumed"
    static let minimumAvailable = "MinimumReplicasAvailable"
    static let minimumUnavailable = "MinimumReplicasUnavailable"
}

extension DeploymentStatus {
    func condition(_ type: String) -> DeploymentCondition? { conditions?.first { $0.type == type } }

    mutating func removeCondition(_ type: String) {
        let rest = conditions?.filter { $0.type != type } ?? []
        conditions = rest.isEmpty ? nil : rest
    }

    /// Leaves a condition alone that already says the same; the transition time moves only with the status.
    mutating func setCondition(_ type: String, _ status: String, _ reason: String, _ message: String, now: Time) {
        let current = condition(type)
        if let current, current.status == status, current.reason == reason { return }
        renewCondition(type, status, reason, message, now: now)
    }

    /// Writes the condition even where it says the same already: its update time is the last sign of progress.
    mutating func renewCondition(_ type: String, _ status: String, _ reason: String, _ message: String, now: Time) {
        let current = condition(type)
        let since = current?.status == status ? current?.lastTransitionTime : nil
        removeCondition(type)
        conditions =
            (conditions ?? []) + [
                DeploymentCondition(
                    type: type, status: status, lastUpdateTime: now, lastTransitionTime: since ?? now, reason: reason,
                    message: message)
            ]
    }
}
