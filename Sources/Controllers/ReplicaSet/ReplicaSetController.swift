import Client
import KubernetesAPI
import Synchronization

/// Keeps as many pods of a template alive as a ReplicaSet asks for.
/// Source: kubernetes/kubernetes pkg/controller/replicaset/replica_set.go.
final class ReplicaSetController: Sendable {
    private struct Open {
        var pods = PodExpectations()
        /// When the last of it was opened.
        var since = MicroTime(microseconds: 0)
    }

    private let client: any Client
    private let sets: any Lister<ReplicaSet>
    private let pods: any Lister<Pod>
    private let events: any EventSink
    private let clock: any WallClock
    /// By the ReplicaSet's uid.
    private let open = Mutex<[String: Open]>([:])

    /// After this time without the expected events the server itself is asked.
    static let patience = Duration.seconds(30)

    init(
        client: any Client, sets: any Lister<ReplicaSet>, pods: any Lister<Pod>, events: any EventSink,
        clock: any WallClock
    ) {
        self.client = client
        self.sets = sets
        self.pods = pods
        self.events = events
        self.clock = clock
    }

    // MARK: what changes mean

    func setChanged(old: ReplicaSet?, new: ReplicaSet?) -> [ObjectName] {
        if let uid = old?.metadata.uid, uid != new?.metadata.uid { open.withLock { $0[uid] = nil } }
        return (new ?? old).map { [$0.objectName] } ?? []
    }

    func podChanged(old: Pod?, new: Pod?) -> [ObjectName] {
        var keys: Set<ObjectName> = []
        let replaced = old?.metadata.uid != new?.metadata.uid
        for (pod, gone) in [(old, replaced), (new, false)] {
            guard let pod, let owner = pod.metadata.controllerReference, owner.kind == ReplicaSet.resource.kind else {
                continue
            }
            observe(pod, owner: owner.uid, terminating: gone || pod.metadata.deletionTimestamp != nil)
            keys.insert(ObjectName(namespace: pod.metadata.namespace, owner.name))
        }
        // Nobody's pod may be somebody's: only where that can have changed.
        if let new, new.metadata.controllerReference == nil,
            replaced || old?.metadata.labels != new.metadata.labels || old?.metadata.controllerReference != nil
        {
            for set in sets.list(namespace: new.metadata.namespace)
            where set.spec.selector.matches(new.metadata.labels) { keys.insert(set.objectName) }
        }
        return Array(keys)
    }

    private func observe(_ pod: Pod, owner: String, terminating: Bool) {
        guard let uid = pod.metadata.uid else { return }
        open.withLock { $0[owner]?.pods.saw(uid: uid, terminating: terminating) }
    }

    // MARK: one step

    /// - Returns: after what time to look again even if nothing changes.
    func reconcile(_ key: ObjectName) async throws -> Duration? {
        guard let set = sets.get(key), let uid = set.metadata.uid else { return nil }
        // Before the pods are read: what is settled now, the copy of the pods shows.
        let settled = open.withLock { $0[uid]?.pods.isSatisfied ?? true }
        let active = try await claim(set, uid).filter(\.isActive)
        var failure: (any Error)?
        if !settled {
            try await askServer(set, uid)
        } else if set.metadata.deletionTimestamp == nil {
            failure = await manage(set, uid, active)
        }
        let now = clock.now()
        let decision = ReplicaSetStatusDecision(
            set, pods: active, failure: failure.map { "\($0)" }, settled: settled, now: now)
        if decision.status != set.status {
            var changed = set
            changed.status = decision.status
            _ = try await client.updateStatus(changed)
        }
        if let failure { throw failure }
        let recheck = decision.recheckAt.map { now.duration(to: $0) }
        return settled ? recheck : min(recheck ?? Self.patience, Self.patience)
    }

    /// The pods that belong to the set, after adopting and releasing.
    private func claim(_ set: ReplicaSet, _ uid: String) async throws -> [Pod] {
        var claimed: [Pod] = []
        var checked = false
        let terminating = set.metadata.deletionTimestamp != nil
        let orphans = pods.list(namespace: set.metadata.namespace).filter { $0.metadata.controllerReference == nil }
        for pod in pods.owned(by: uid) + orphans where pod.isActive {
            let decision = Claim.decide(
                owner: uid, ownerIsTerminating: terminating, selected: set.spec.selector.matches(pod.metadata.labels),
                object: pod.metadata)
            switch decision {
            case .keep: claimed.append(pod)
            case .ignore: break
            case .release: try await Ownership.release(pod, from: uid, client)
            case .adopt:
                if !checked { try await Ownership.check(set, client) }
                checked = true
                if let adopted = try await Ownership.adopt(pod, by: set, client) { claimed.append(adopted) }
            }
        }
        return claimed
    }

    private func manage(_ set: ReplicaSet, _ uid: String, _ active: [Pod]) async -> (any Error)? {
        let decision = ReplicaSetDecision.decide(
            replicas: set.desired, pods: active, related: related(to: set), now: clock.now().time)
        switch decision {
        case .nothing: return nil
        case .create(let count): return await create(count, for: set, uid)
        case .delete(let surplus): return await delete(surplus, of: set, uid)
        }
    }

    /// The pods of all ReplicaSets of the same owner, for the ranking by node.
    private func related(to set: ReplicaSet) -> [Pod] {
        guard let owner = set.metadata.controllerReference?.uid else { return pods.owned(by: set.metadata.uid ?? "") }
        return sets.owned(by: owner).flatMap { pods.owned(by: $0.metadata.uid ?? "") }
    }

    private func create(_ count: Int, for set: ReplicaSet, _ uid: String) async -> (any Error)? {
        expect(uid) { $0.willCreate(count) }
        let template = Pod(from: set)
        let (attempted, failure) = await slowStart(count: count) { [self] in
            do {
                let pod = try await client.create(template)
                let name = pod.metadata.name ?? ""
                expect(uid) { $0.didCreate(uid: pod.metadata.uid ?? "", name: name) }
                events.record(about: set, .normal, "SuccessfulCreate", "Created pod: \(name)")
            } catch {
                expect(uid) { $0.didNotCreate() }
                // In a namespace that is going away every create fails, and that is no news.
                if let error = error as? APIError, error.isNamespaceTerminating { return }
                events.record(
                    about: set, .warning, "FailedCreate", "Error creating: \(error)")
                throw error
            }
        }
        if attempted < count { expect(uid) { $0.didNotCreate(count - attempted) } }
        return failure
    }

    private func delete(_ surplus: [Pod], of set: ReplicaSet, _ uid: String) async -> (any Error)? {
        expect(uid) { open in
            for pod in surplus { open.willDelete(uid: pod.metadata.uid ?? "", name: pod.metadata.name ?? "") }
        }
        return await inParallel(surplus) { [self] pod in
            do {
                try await client.delete(Pod.self, pod.objectName, DeleteOptions(uid: pod.metadata.uid))
                events.record(
                    about: set, .normal, "SuccessfulDelete",
                    "Deleted pod: \(pod.metadata.name ?? "")")
            } catch let error as APIError where error.isNotFound || error.isConflict {
                // Gone already: the copy will show it, and until then it counts one too many.
            } catch {
                expect(uid) { $0.didNotDelete(uid: pod.metadata.uid ?? "") }
                events.record(
                    about: set, .warning, "FailedDelete", "Error deleting: \(error)")
                throw error
            }
        }
    }

    private func expect(_ uid: String, _ change: (inout PodExpectations) -> Void) {
        let now = clock.now()
        open.withLock {
            change(&$0[uid, default: Open()].pods)
            $0[uid]?.since = now
        }
    }

    /// A pod that was created and deleted while the watch was broken never shows up in the copy: after a while, ask.
    private func askServer(_ set: ReplicaSet, _ uid: String) async throws {
        let now = clock.now()
        let overdue = open.withLock { open -> [String: String] in
            guard let entry = open[uid], entry.since.duration(to: now) >= Self.patience else { return [:] }
            return entry.pods.awaitingCreation
        }
        for (podUID, name) in overdue {
            do {
                let pod = try await client.get(Pod.self, ObjectName(namespace: set.metadata.namespace, name))
                if pod.metadata.uid == podUID { continue }
            } catch let error as APIError where error.isNotFound {}
            open.withLock { $0[uid]?.pods.saw(uid: podUID, terminating: true) }
        }
    }
}
