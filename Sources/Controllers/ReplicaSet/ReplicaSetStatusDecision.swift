import KubernetesAPI

/// The status that a ReplicaSet should have.
/// Source: kubernetes/kubernetes pkg/controller/replicaset/replica_set_utils.go, calculateStatus.
struct ReplicaSetStatusDecision {
    var status: ReplicaSetStatus
    /// When a ready pod becomes available by mere waiting; nil when none will.
    var recheckAt: MicroTime?

    /// - Parameters:
    ///   - pods: the active pods that it owns.
    ///   - failure: what went wrong when pods were last created or deleted.
    ///   - settled: the cache shows everything that the controller itself did. Only then does `observedGeneration` move:
    ///     it tells the Deployment controller that `replicas` bounds the pods that exist, and that would be a lie while
    ///     created pods are still missing in the cache.
    init(_ set: ReplicaSet, pods: [Pod], failure: String?, settled: Bool, now: MicroTime) {
        var status = set.status
        let minReady = Int(set.spec.minReadySeconds ?? 0)
        let templateLabels = set.spec.template.metadata.labels ?? [:]
        var labeled = 0
        var ready = 0
        var available = 0
        for pod in pods {
            let labels = pod.metadata.labels ?? [:]
            if templateLabels.allSatisfy({ labels[$0.key] == $0.value }) { labeled += 1 }
            guard let moment = pod.availableAt(minReadySeconds: minReady) else {
                if pod.isReady { ready += 1 }
                continue
            }
            ready += 1
            if moment <= now {
                available += 1
            } else if recheckAt.map({ moment < $0 }) ?? true {
                recheckAt = moment
            }
        }
        status.replicas = Int32(pods.count)
        status.fullyLabeledReplicas = labeled == 0 ? nil : Int32(labeled)
        status.readyReplicas = ready == 0 ? nil : Int32(ready)
        status.availableReplicas = available == 0 ? nil : Int32(available)
        if settled { status.observedGeneration = set.metadata.generation }

        let failed = status.conditions?.contains { $0.type == "ReplicaFailure" } ?? false
        if let failure, !failed {
            let reason = pods.count < Int(set.spec.replicas ?? 1) ? "FailedCreate" : "FailedDelete"
            var condition = ReplicaSetCondition(type: "ReplicaFailure", status: "True")
            condition.reason = reason
            condition.message = failure
            condition.lastTransitionTime = now.time
            status.conditions = (status.conditions ?? []) + [condition]
        } else if failure == nil, failed {
            let rest = status.conditions?.filter { $0.type != "ReplicaFailure" } ?? []
            status.conditions = rest.isEmpty ? nil : rest
        }
        self.status = status
    }
}
