import Client
import KubernetesAPI
import Synchronization

/// Moves a Deployment's ReplicaSets towards its template and size, one step at a time.
/// Source: kubernetes/kubernetes pkg/controller/deployment/deployment_controller.go.
final class DeploymentController: Sendable {
    private struct Open {
        var writes = WriteTracker()
        var since = MicroTime(microseconds: 0)
    }

    let client: any Client
    let events: any EventSink
    let clock: any WallClock
    private let deployments: any Lister<Deployment>
    private let sets: any Lister<ReplicaSet>
    private let pods: any Lister<Pod>
    /// By the Deployment's uid.
    private let open = Mutex<[String: Open]>([:])

    static let patience = Duration.seconds(30)

    init(
        client: any Client, deployments: any Lister<Deployment>, sets: any Lister<ReplicaSet>,
        pods: any Lister<Pod>, events: any EventSink, clock: any WallClock
    ) {
        self.client = client
        self.deployments = deployments
        self.sets = sets
        self.pods = pods
        self.events = events
        self.clock = clock
    }

    // MARK: what changes mean

    func deploymentChanged(old: Deployment?, new: Deployment?) -> [ObjectName] {
        if let uid = old?.metadata.uid, uid != new?.metadata.uid { open.withLock { $0[uid] = nil } }
        return (new ?? old).map { [$0.objectName] } ?? []
    }

    func setChanged(old: ReplicaSet?, new: ReplicaSet?) -> [ObjectName] {
        var keys: Set<ObjectName> = []
        for set in [old, new].compactMap({ $0 }) {
            guard let owner = set.metadata.controllerReference, owner.kind == Deployment.resource.kind else { continue }
            keys.insert(ObjectName(namespace: set.metadata.namespace, owner.name))
        }
        if let old, old.metadata.uid != new?.metadata.uid, let uid = old.metadata.uid,
            let owner = old.metadata.controllerReference?.uid
        {
            open.withLock { $0[owner]?.writes.forget(uid: uid) }
        }
        if let new, new.metadata.controllerReference == nil {
            for deployment in deployments.list(namespace: new.metadata.namespace)
            where deployment.spec.selector.matches(new.metadata.labels) { keys.insert(deployment.objectName) }
        }
        return Array(keys)
    }

    /// Only Recreate waits for pods themselves: that old ones are gone, or have ended.
    func podChanged(old: Pod?, new: Pod?) -> [ObjectName] {
        guard let pod = old, new == nil || new?.isTerminal == true,
            let reference = pod.metadata.controllerReference, reference.kind == ReplicaSet.resource.kind,
            let owner = sets.get(ObjectName(namespace: pod.metadata.namespace, reference.name))?
                .metadata.controllerReference,
            let deployment = deployments.get(ObjectName(namespace: pod.metadata.namespace, owner.name)),
            !deployment.spec.isRollingUpdate
        else { return [] }
        return [deployment.objectName]
    }

    // MARK: one step

    /// - Returns: after what time to look again even if nothing changes.
    func reconcile(_ key: ObjectName) async throws -> Duration? {
        guard var deployment = deployments.get(key), let uid = deployment.metadata.uid else { return nil }
        if deployment.spec.selector.isEmpty {
            try await refuseSelectingAll(deployment)
            return nil
        }
        if try await hasUnseenWrites(uid) { return Self.patience }
        var family = ReplicaSetFamily(deployment, owned: try await claim(deployment, uid))

        if deployment.metadata.deletionTimestamp != nil {
            return try await writeStatus(
                deployment, DeploymentStatusDecision.counts(deployment, family, now: clock.now().time))
        }
        if let told = DeploymentStatusDecision.pauseCondition(deployment) {
            deployment.status.setCondition(
                "Progressing", "Unknown", told.reason, told.message, now: clock.now().time)
            deployment = try await client.updateStatus(deployment)
        }
        if family.new != nil { (deployment, family) = try await updateNew(deployment, family) }

        if deployment.spec.isPaused || DeploymentScaling.isDue(deployment, family) {
            let actions = DeploymentScaling.actions(deployment, family) { set in
                pods.owned(by: set.metadata.uid ?? "").contains { !$0.isTerminal }
            }
            family = try await carryOut(actions, deployment, family)
            try await cleanUp(deployment, family)
            return try await writeStatus(
                deployment, DeploymentStatusDecision.counts(deployment, family, now: clock.now().time))
        }
        (deployment, family) =
            deployment.spec.isRollingUpdate
            ? try await roll(deployment, family) : try await recreate(deployment, family)
        return try await writeStatus(
            deployment, DeploymentStatusDecision.rollout(deployment, family, now: clock.now().time))
    }

    private func roll(
        _ deployment: Deployment, _ family: ReplicaSetFamily
    ) async throws -> (Deployment, ReplicaSetFamily) {
        var (deployment, family) = (deployment, family)
        if family.new == nil { (deployment, family) = try await createNew(deployment, family) }
        guard let new = family.new else { return (deployment, family) }
        let actions = RollingUpdate.step(deployment, new: new, old: family.old)
        family = try await carryOut(actions, deployment, family)
        if actions.isEmpty, DeploymentStatusDecision.isComplete(deployment, deployment.status) {
            try await cleanUp(deployment, family)
        }
        return (deployment, family)
    }

    private func recreate(
        _ deployment: Deployment, _ family: ReplicaSetFamily
    ) async throws -> (Deployment, ReplicaSetFamily) {
        var (deployment, family) = (deployment, family)
        let down = RecreateRollout.scaleDown(family)
        if !down.isEmpty { return (deployment, try await carryOut(down, deployment, family)) }
        let owned = Dictionary(
            family.old.compactMap { set in set.metadata.uid.map { ($0, pods.owned(by: $0)) } },
            uniquingKeysWith: { first, _ in first })
        if RecreateRollout.oldPodsRun(family, pods: owned) { return (deployment, family) }
        if family.new == nil { (deployment, family) = try await createNew(deployment, family) }
        if let new = family.new {
            family = try await carryOut([ScaleAction(new, to: deployment.spec.desired)], deployment, family)
        }
        if DeploymentStatusDecision.isComplete(deployment, deployment.status) { try await cleanUp(deployment, family) }
        return (deployment, family)
    }

    private func claim(_ deployment: Deployment, _ uid: String) async throws -> [ReplicaSet] {
        var claimed: [ReplicaSet] = []
        var checked = false
        let orphans = sets.list(namespace: deployment.metadata.namespace)
            .filter { $0.metadata.controllerReference == nil }
        for set in sets.owned(by: uid) + orphans {
            let decision = Claim.decide(
                owner: uid, ownerIsTerminating: deployment.metadata.deletionTimestamp != nil,
                selected: deployment.spec.selector.matches(set.metadata.labels), object: set.metadata)
            switch decision {
            case .keep: claimed.append(set)
            case .ignore: break
            case .release: try await Ownership.release(set, from: uid, client)
            case .adopt:
                if !checked { try await Ownership.check(deployment, client) }
                checked = true
                if let adopted = try await Ownership.adopt(set, by: deployment, client) { claimed.append(adopted) }
            }
        }
        return claimed
    }

    // MARK: own writes

    func wrote(_ set: ReplicaSet, for deployment: Deployment) {
        guard let uid = deployment.metadata.uid else { return }
        let now = clock.now()
        open.withLock {
            $0[uid, default: Open()].writes.wrote(set.metadata)
            $0[uid]?.since = now
        }
    }

    /// The copy of the ReplicaSets is older than this controller's own last writes. A ReplicaSet that was deleted while
    /// the watch was broken never shows up: after a while the server itself is asked.
    private func hasUnseenWrites(_ uid: String) async throws -> Bool {
        let now = clock.now()
        let (missing, overdue) = open.withLock { open in
            guard var entry = open.removeValue(forKey: uid) else { return ([ObjectName](), false) }
            let missing = entry.writes.missing { sets.get($0)?.metadata }
            let overdue = entry.since.duration(to: now) >= Self.patience
            open[uid] = entry
            return (missing, overdue)
        }
        guard overdue else { return !missing.isEmpty }
        var unseen = false
        for name in missing {
            do {
                _ = try await client.get(ReplicaSet.self, name)
                unseen = true
            } catch let error as APIError where error.isNotFound {
                open.withLock { $0[uid]?.writes.forget(name) }
            }
        }
        return unseen
    }
}
