import Client
import KubernetesAPI

/// How the Deployment controller's decisions reach the server.
extension DeploymentController {
    /// Sizes, with the annotations that say for which Deployment size they were chosen.
    func carryOut(
        _ actions: [ScaleAction], _ deployment: Deployment, _ family: ReplicaSetFamily
    ) async throws -> ReplicaSetFamily {
        var family = family
        for action in actions {
            let before = action.set.desired
            guard
                action.size != before || DeploymentAnnotations.sizesDiffer(action.set, from: deployment.spec)
            else { continue }
            var changed = action.set
            changed.spec.replicas = Int32(action.size)
            DeploymentAnnotations.setSizes(&changed, for: deployment.spec)
            let stored = try await client.update(changed)
            wrote(stored, for: deployment)
            family.replace(stored)
            guard action.size != before else { continue }
            scaled(deployment, stored, from: before, to: action.size)
        }
        return family
    }

    private func scaled(_ deployment: Deployment, _ set: ReplicaSet, from before: Int, to size: Int) {
        let direction = size > before ? "up" : "down"
        events.record(
            about: deployment, .normal, "ScalingReplicaSet",
            "Scaled \(direction) replica set \(set.metadata.name ?? "") from \(before) to \(size)")
    }

    /// The existing new ReplicaSet follows the Deployment's annotations, and the Deployment its revision.
    func updateNew(
        _ deployment: Deployment, _ family: ReplicaSetFamily
    ) async throws -> (Deployment, ReplicaSetFamily) {
        guard let new = family.new else { return (deployment, family) }
        var family = family
        var stored = new
        let changed = NewReplicaSet.updated(new, for: deployment, revision: family.nextRevision)
        if changed != new {
            stored = try await client.update(changed)
            wrote(stored, for: deployment)
            family.replace(stored)
        }
        var deployment = try await setRevision(deployment, from: stored)
        if deployment.spec.progressDeadline != nil, deployment.status.condition("Progressing") == nil {
            deployment.status.setCondition(
                "Progressing", "True", DeploymentReason.foundNewReplicaSet,
                "Found new replica set \"\(stored.metadata.name ?? "")\"", now: clock.now().time)
            deployment = try await client.updateStatus(deployment)
        }
        return (deployment, family)
    }

    func createNew(
        _ deployment: Deployment, _ family: ReplicaSetFamily
    ) async throws -> (Deployment, ReplicaSetFamily) {
        var (deployment, family) = (deployment, family)
        let limits = RollingUpdateLimits(deployment.spec)
        let replicas =
            deployment.spec.isRollingUpdate
            ? RollingUpdate.newSize(deployment, new: nil, old: family.old, limits) : deployment.spec.desired
        let wanted = try NewReplicaSet.make(
            for: deployment, old: family.old, replicas: replicas, revision: family.nextRevision)
        let name = wanted.metadata.name ?? ""
        var existed = false
        var stored = wanted
        do {
            stored = try await client.create(wanted)
            if replicas > 0 { scaled(deployment, stored, from: 0, to: replicas) }
        } catch let error as APIError where error.isAlreadyExists {
            stored = try await client.get(ReplicaSet.self, wanted.objectName)
            // Ours, from a step whose answer was lost; or somebody else's with the same hash by chance.
            guard stored.metadata.controllerReference?.uid == deployment.metadata.uid,
                PodTemplateHash.equal(stored.spec.template, deployment.spec.template)
            else {
                deployment.status.collisionCount = (deployment.status.collisionCount ?? 0) + 1
                _ = try await client.updateStatus(deployment)
                throw error
            }
            existed = true
        } catch let error as APIError where !error.isNamespaceTerminating {
            try await createFailed(deployment, name, error)
            throw error
        }
        wrote(stored, for: deployment)
        family.new = stored
        deployment = try await setRevision(deployment, from: stored)
        if !existed, deployment.spec.progressDeadline != nil {
            deployment.status.setCondition(
                "Progressing", "True", DeploymentReason.newReplicaSetCreated, "Created new replica set \"\(name)\"",
                now: clock.now().time)
            deployment = try await client.updateStatus(deployment)
        }
        return (deployment, family)
    }

    private func createFailed(_ deployment: Deployment, _ name: String, _ error: APIError) async throws {
        let message = "Failed to create new replica set \"\(name)\": \(error)"
        events.record(
            about: deployment, .warning, DeploymentReason.replicaSetCreateError, message)
        guard deployment.spec.progressDeadline != nil else { return }
        var changed = deployment
        changed.status.setCondition(
            "Progressing", "False", DeploymentReason.replicaSetCreateError, message, now: clock.now().time)
        if changed.status != deployment.status { _ = try await client.updateStatus(changed) }
    }

    private func setRevision(_ deployment: Deployment, from set: ReplicaSet) async throws -> Deployment {
        let revision = set.metadata.annotations?[DeploymentAnnotations.revision]
        guard let revision, deployment.metadata.annotations?[DeploymentAnnotations.revision] != revision else {
            return deployment
        }
        var changed = deployment
        changed.metadata.annotations =
            (changed.metadata.annotations ?? [:]).merging([DeploymentAnnotations.revision: revision]) { $1 }
        return try await client.update(changed)
    }

    func cleanUp(_ deployment: Deployment, _ family: ReplicaSetFamily) async throws {
        for set in RevisionCleanup.surplus(deployment, old: family.old) {
            do {
                try await client.delete(
                    ReplicaSet.self, set.objectName,
                    DeleteOptions(uid: set.metadata.uid, resourceVersion: set.metadata.resourceVersion))
            } catch let error as APIError where error.isNotFound {
                continue
            }
        }
    }

    /// - Returns: after what time the progress deadline has to be looked at.
    func writeStatus(_ deployment: Deployment, _ status: DeploymentStatus) async throws -> Duration? {
        if status != deployment.status {
            var changed = deployment
            changed.status = status
            _ = try await client.updateStatus(changed)
        }
        return DeploymentStatusDecision.deadlineCheck(deployment, status).map { check in
            max(.milliseconds(1), .microseconds(check.seconds * 1_000_000 - clock.now().microseconds))
        }
    }

    func refuseSelectingAll(_ deployment: Deployment) async throws {
        events.record(
            about: deployment, .warning, "SelectingAll",
            "This deployment is selecting all pods. A non-empty selector is required.")
        guard (deployment.status.observedGeneration ?? 0) < (deployment.metadata.generation ?? 0) else { return }
        var changed = deployment
        changed.status.observedGeneration = deployment.metadata.generation
        _ = try await client.updateStatus(changed)
    }
}
