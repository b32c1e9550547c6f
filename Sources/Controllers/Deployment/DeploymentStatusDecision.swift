import KubernetesAPI

/// The status that a Deployment should have.
/// Source: kubernetes/kubernetes pkg/controller/deployment/sync.go calculateStatus, progress.go syncRolloutStatus.
enum DeploymentStatusDecision {
    /// The counts and the Available condition.
    static func counts(_ deployment: Deployment, _ family: ReplicaSetFamily, now: Time) -> DeploymentStatus {
        func sum(_ sets: [ReplicaSet], _ count: (ReplicaSet) -> Int) -> Int { sets.reduce(0) { $0 + count($1) } }
        func shown(_ count: Int) -> Int32? { count == 0 ? nil : Int32(count) }

        let available = sum(family.all, \.available)
        var status = deployment.status
        status.observedGeneration = deployment.metadata.generation
        status.replicas = shown(sum(family.all) { Int($0.status.replicas) })
        status.updatedReplicas = shown(Int(family.new?.status.replicas ?? 0))
        status.readyReplicas = shown(sum(family.all, \.ready))
        status.availableReplicas = shown(available)
        status.unavailableReplicas = shown(max(0, sum(family.all, \.desired) - available))
        let needed = deployment.spec.desired - RollingUpdateLimits(deployment.spec).maxUnavailable
        if available >= needed {
            status.setCondition(
                "Available", "True", DeploymentReason.minimumAvailable, "Deployment has minimum availability.", now: now
            )
        } else {
            status.setCondition(
                "Available", "False", DeploymentReason.minimumUnavailable,
                "Deployment does not have minimum availability.", now: now)
        }
        return status
    }

    /// The counts, the Progressing condition and the ReplicaSets' failures.
    static func rollout(_ deployment: Deployment, _ family: ReplicaSetFamily, now: Time) -> DeploymentStatus {
        var status = counts(deployment, family, now: now)
        let before = deployment.status
        let progressing = before.condition("Progressing")
        let name = family.new?.metadata.name
        let subject = name.map { "ReplicaSet \"\($0)\"" } ?? "Deployment \"\(deployment.metadata.name ?? "")\""
        // A finished rollout stays finished when a pod flaps afterwards: lack of progress is then none of its business.
        let finished =
            status.replicas == status.updatedReplicas
            && progressing?.reason == DeploymentReason.newReplicaSetAvailable
        if deployment.spec.progressDeadline == nil {
            status.removeCondition("Progressing")
        } else if !finished {
            if isComplete(deployment, status) {
                status.setCondition(
                    "Progressing", "True", DeploymentReason.newReplicaSetAvailable,
                    "\(subject) has successfully progressed.", now: now)
            } else if hasProgressed(from: before, to: status) {
                status.renewCondition(
                    "Progressing", "True", DeploymentReason.replicaSetUpdated, "\(subject) is progressing.", now: now)
            } else if hasTimedOut(deployment, status, now: now) {
                status.setCondition(
                    "Progressing", "False", DeploymentReason.progressDeadlineExceeded,
                    "\(subject) has timed out progressing.", now: now)
            }
        }
        if let failure = replicaFailure(family) {
            status.setCondition(
                "ReplicaFailure", failure.status, failure.reason ?? "", failure.message ?? "", now: now)
        } else {
            status.removeCondition("ReplicaFailure")
        }
        return status
    }

    /// Every pod is of the newest version and available, and nothing else is left.
    static func isComplete(_ deployment: Deployment, _ status: DeploymentStatus) -> Bool {
        let desired = Int32(deployment.spec.desired)
        return (status.updatedReplicas ?? 0) == desired && (status.replicas ?? 0) == desired
            && (status.availableReplicas ?? 0) == desired
            && (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
    }

    private static func hasProgressed(from before: DeploymentStatus, to now: DeploymentStatus) -> Bool {
        func old(_ status: DeploymentStatus) -> Int32 { (status.replicas ?? 0) - (status.updatedReplicas ?? 0) }
        return (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) || old(now) < old(before)
            || (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0)
            || (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
    }

    private static func hasTimedOut(_ deployment: Deployment, _ status: DeploymentStatus, now: Time) -> Bool {
        guard let deadline = deployment.spec.progressDeadline, let condition = status.condition("Progressing") else {
            return false
        }
        if condition.reason == DeploymentReason.newReplicaSetAvailable { return false }
        if condition.reason == DeploymentReason.progressDeadlineExceeded { return true }
        return (condition.lastUpdateTime ?? now) + deadline < now
    }

    /// When the deadline should be looked at again; nil when nothing can run out.
    static func deadlineCheck(_ deployment: Deployment, _ status: DeploymentStatus) -> Time? {
        guard let deadline = deployment.spec.progressDeadline, !deployment.spec.isPaused,
            let condition = status.condition("Progressing"), let updated = condition.lastUpdateTime,
            condition.reason != DeploymentReason.progressDeadlineExceeded,
            condition.reason != DeploymentReason.newReplicaSetAvailable, !isComplete(deployment, status)
        else { return nil }
        // A second more: times are cut to whole seconds, and the comparison is strict.
        return updated + deadline + 1
    }

    private static func replicaFailure(_ family: ReplicaSetFamily) -> ReplicaSetCondition? {
        func failure(_ set: ReplicaSet) -> ReplicaSetCondition? {
            set.status.conditions?.first { $0.type == "ReplicaFailure" && $0.status == "True" }
        }
        return family.new.flatMap(failure) ?? family.old.lazy.compactMap(failure).first
    }

    /// The Progressing condition that tells of a pause or its end; nil when it is right already.
    static func pauseCondition(_ deployment: Deployment) -> (reason: String, message: String)? {
        guard deployment.spec.progressDeadline != nil else { return nil }
        let reason = deployment.status.condition("Progressing")?.reason
        // A deployment that was given up stays so.
        if reason == DeploymentReason.progressDeadlineExceeded { return nil }
        let told = reason == DeploymentReason.paused
        if deployment.spec.isPaused, !told { return (DeploymentReason.paused, "Deployment is paused") }
        if !deployment.spec.isPaused, told { return (DeploymentReason.resumed, "Deployment is resumed") }
        return nil
    }
}
