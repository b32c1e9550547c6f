import Client
import KubernetesAPI
import Synchronization

/// Keeps one pod of a template on every node that fits.
/// Source: kubernetes pkg/controller/daemon/daemon_controller.go.
final class DaemonSetController: Sendable {
    private struct Open {
        var pods = PodExpectations()
        /// When the last of it was opened.
        var since = MicroTime(microseconds: 0)
        /// By node: until when no successor of a pod that failed there is made, and how long the wait was.
        var pauses: [String: (end: MicroTime, length: Duration)] = [:]
    }

    private let client: any Client
    private let sets: any Lister<DaemonSet>
    private let revisions: any Lister<ControllerRevision>
    private let pods: any Lister<Pod>
    private let nodes: any Lister<Node>
    private let events: any EventSink
    private let clock: any WallClock
    /// By the DaemonSet's uid.
    private let open = Mutex<[String: Open]>([:])

    /// After this time without the expected events the server itself is asked.
    static let patience = Duration.seconds(30)
    /// The waits after a pod failed on a node double from the first to the last.
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(900)

    init(
        client: any Client, sets: any Lister<DaemonSet>, revisions: any Lister<ControllerRevision>,
        pods: any Lister<Pod>, nodes: any Lister<Node>, events: any EventSink, clock: any WallClock
    ) {
        self.client = client
        self.sets = sets
        self.revisions = revisions
        self.pods = pods
        self.nodes = nodes
        self.events = events
        self.clock = clock
    }

    // MARK: what changes mean

    func setChanged(old: DaemonSet?, new: DaemonSet?) -> [ObjectName] {
        if let uid = old?.metadata.uid, uid != new?.metadata.uid { open.withLock { $0[uid] = nil } }
        return (new ?? old).map { [$0.objectName] } ?? []
    }

    func revisionChanged(old: ControllerRevision?, new: ControllerRevision?) -> [ObjectName] {
        guard let revision = new ?? old else { return [] }
        guard let owner = revision.metadata.controllerReference else {
            return new.map { selecting($0.metadata) } ?? []
        }
        guard owner.kind == DaemonSet.resource.kind else { return [] }
        return [ObjectName(namespace: revision.metadata.namespace, owner.name)]
    }

    func podChanged(old: Pod?, new: Pod?) -> [ObjectName] {
        var keys: Set<ObjectName> = []
        let replaced = old?.metadata.uid != new?.metadata.uid
        for (pod, gone) in [(old, replaced), (new, false)] {
            guard let pod, let owner = pod.metadata.controllerReference, owner.kind == DaemonSet.resource.kind,
                let uid = pod.metadata.uid
            else { continue }
            let terminating = gone || pod.metadata.deletionTimestamp != nil
            open.withLock { $0[owner.uid]?.pods.saw(uid: uid, terminating: terminating) }
            keys.insert(ObjectName(namespace: pod.metadata.namespace, owner.name))
        }
        // Nobody's pod may be somebody's.
        if let new, new.metadata.controllerReference == nil, replaced || old?.metadata != new.metadata {
            keys.formUnion(selecting(new.metadata))
        }
        return Array(keys)
    }

    private func selecting(_ object: ObjectMeta) -> [ObjectName] {
        sets.list(namespace: object.namespace).filter { $0.spec.selector.matches(object.labels) }.map(\.objectName)
    }

    func nodeChanged(old: Node?, new: Node?) -> [ObjectName] {
        // Heartbeats change the status alone, and what it says of trouble speaks through taints.
        if let old, let new, old.spec.taints == new.spec.taints, old.metadata.labels == new.metadata.labels,
            old.metadata.deletionTimestamp == new.metadata.deletionTimestamp
        {
            return []
        }
        return sets.list(namespace: nil).map(\.objectName)
    }

    // MARK: one step

    /// - Returns: after what time to look again even if nothing changes.
    func reconcile(_ key: ObjectName) async throws -> Duration? {
        guard let set = sets.get(key), let uid = set.metadata.uid else { return nil }
        // Before the pods are read: what is settled now, the copy of the pods shows.
        let settled = open.withLock { $0[uid]?.pods.isSatisfied ?? true }
        let own = try await claim(pods, set, uid)
        if set.metadata.deletionTimestamp != nil { return nil }
        let hash = try await currentHash(set, uid, own)
        let all = nodes.list(namespace: nil)
        let now = clock.now()
        var failure: (any Error)?
        var recheck: Duration?
        if settled {
            var decision = DaemonSetDecision(set, nodes: all, pods: own, hash: hash, now: now)
            tell(set, decision)
            recheck = pause(uid, &decision, now)
            failure = await carryOut(decision, set, uid, hash)
        } else {
            try await askServer(set, uid)
            recheck = Self.patience
        }
        let status = DaemonSetStatusDecision(
            set, nodes: all, pods: own, hash: hash, settled: settled, now: now)
        if status.status != set.status {
            var changed = set
            changed.status = status.status
            _ = try await client.updateStatus(changed)
        }
        if let failure { throw failure }
        let waits = [recheck, status.recheckAt.map { now.duration(to: $0) }].compactMap(\.self)
        return waits.min()
    }

    /// Pods or revisions: those it has, and nobody's that its selector chooses.
    private func claim<T: APIObject>(
        _ copies: any Lister<T>, _ set: DaemonSet, _ uid: String
    ) async throws -> [T] {
        var claimed: [T] = []
        var checked = false
        let terminating = set.metadata.deletionTimestamp != nil
        let orphans = copies.list(namespace: set.metadata.namespace).filter { $0.metadata.controllerReference == nil }
        for object in copies.owned(by: uid) + orphans {
            let decision = Claim.decide(
                owner: uid, ownerIsTerminating: terminating,
                selected: set.spec.selector.matches(object.metadata.labels), object: object.metadata)
            switch decision {
            case .keep: claimed.append(object)
            case .ignore: break
            case .release: try await Ownership.release(object, from: uid, client)
            case .adopt:
                if !checked { try await Ownership.check(set, client) }
                checked = true
                if let adopted = try await Ownership.adopt(object, by: set, client) { claimed.append(adopted) }
            }
        }
        return claimed
    }

    /// Finds or makes the revision of the template, and drops those that nobody needs.
    private func currentHash(_ set: DaemonSet, _ uid: String, _ own: [Pod]) async throws -> String {
        let live = Set(own.compactMap { $0.metadata.labels?[DaemonPod.hashLabel] })
        let history = DaemonSetHistory(set, revisions: try await claim(revisions, set, uid), live: live)
        for old in history.surplus {
            do {
                try await client.delete(
                    ControllerRevision.self, old.objectName, DeleteOptions(uid: old.metadata.uid))
            } catch let error as APIError where error.isNotFound || error.isConflict {
                // Gone already, as was wished.
            }
        }
        switch history.step {
        case .current(let revision): return revision.hash
        case .renumber(let revision, let number):
            var changed = revision
            changed.revision = number
            _ = try await client.update(changed)
            return revision.hash
        case .create(let number):
            let hash = try PodTemplateHash.compute(set.spec.template, collisions: set.status.collisionCount)
            let revision = ControllerRevision(of: set, hash: hash, number: number)
            do {
                _ = try await client.create(revision)
            } catch let error as APIError where error.isAlreadyExists {
                try await resolve(revision, set)
            }
            return hash
        }
    }

    /// The name is taken: by this very revision, which the copy does not show yet, or by another template's.
    private func resolve(_ revision: ControllerRevision, _ set: DaemonSet) async throws {
        let found = try await client.get(ControllerRevision.self, revision.objectName)
        if found.data == revision.data, found.metadata.controllerReference?.uid == set.metadata.uid { return }
        var changed = set
        changed.status.collisionCount = (set.status.collisionCount ?? 0) + 1
        _ = try await client.updateStatus(changed)
        throw APIError.conflict(
            ControllerRevision.resource, revision.metadata.name ?? "", "the name is taken, another one is tried")
    }

    private func tell(_ set: DaemonSet, _ decision: DaemonSetDecision) {
        for (list, kind, reason, found, doing) in [
            (decision.failed, EventRecorder.Kind.warning, "FailedDaemonPod", "failed", "kill"),
            (decision.succeeded, .normal, "SucceededDaemonPod", "succeeded", "delete"),
        ] {
            for pod in list {
                events.record(
                    about: set, kind, reason,
                    "Found \(found) daemon pod \(pod.objectName) on node \(DaemonPod.node(of: pod)), "
                        + "will try to \(doing) it")
            }
        }
    }

    /// Holds back successors of pods that failed.
    /// - Returns: when the first of them may be made.
    private func pause(_ uid: String, _ decision: inout DaemonSetDecision, _ now: MicroTime) -> Duration? {
        open.withLock { open in
            var pauses = open[uid]?.pauses ?? [:]
            for pod in decision.failed {
                let node = DaemonPod.node(of: pod)
                let length = pauses[node].map { min($0.length * 2, Self.longestPause) } ?? Self.firstPause
                pauses[node] = (now.later(by: length), length)
            }
            // A node that kept its pod for twice its last pause has earned a fresh start.
            pauses = pauses.filter { now < $0.value.end.later(by: $0.value.length * 2) }
            let waiting = decision.create.compactMap { pauses[$0] }.filter { now < $0.end }
            decision.hold { pauses[$0].map { now < $0.end } ?? false }
            if open[uid] != nil || !pauses.isEmpty { open[uid, default: Open()].pauses = pauses }
            return waiting.map { now.duration(to: $0.end) }.min()
        }
    }

    private func carryOut(
        _ decision: DaemonSetDecision, _ set: DaemonSet, _ uid: String, _ hash: String
    ) async -> (any Error)? {
        let deletion = await delete(decision.delete, of: set, uid)
        let targets = Mutex(Array(decision.create.prefix(ReplicaSetDecision.burst)))
        let count = targets.withLock(\.count)
        expect(uid) { $0.willCreate(count) }
        let (attempted, failure) = await slowStart(count: count) { [self] in
            guard let node = targets.withLock({ $0.popLast() }) else { return }
            do {
                let pod = try await client.create(DaemonPod.make(set, on: node, hash: hash))
                let name = pod.metadata.name ?? ""
                expect(uid) { $0.didCreate(uid: pod.metadata.uid ?? "", name: name) }
                events.record(about: set, .normal, "SuccessfulCreate", "Created pod: \(name)")
            } catch {
                expect(uid) { $0.didNotCreate() }
                // In a namespace that is going away every create fails, and that is no news.
                if let error = error as? APIError, error.isNamespaceTerminating { return }
                events.record(about: set, .warning, "FailedCreate", "Error creating: \(error)")
                throw error
            }
        }
        if attempted < count { expect(uid) { $0.didNotCreate(count - attempted) } }
        return deletion ?? failure
    }

    private func delete(_ surplus: [Pod], of set: DaemonSet, _ uid: String) async -> (any Error)? {
        expect(uid) { open in
            for pod in surplus { open.willDelete(uid: pod.metadata.uid ?? "", name: pod.metadata.name ?? "") }
        }
        return await inParallel(surplus) { [self] pod in
            do {
                try await client.delete(Pod.self, pod.objectName, DeleteOptions(uid: pod.metadata.uid))
                events.record(about: set, .normal, "SuccessfulDelete", "Deleted pod: \(pod.metadata.name ?? "")")
            } catch let error as APIError where error.isNotFound || error.isConflict {
                // Gone already: the copy will show it.
            } catch {
                expect(uid) { $0.didNotDelete(uid: pod.metadata.uid ?? "") }
                events.record(about: set, .warning, "FailedDelete", "Error deleting: \(error)")
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
    private func askServer(_ set: DaemonSet, _ uid: String) async throws {
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

extension MicroTime {
    fileprivate func later(by duration: Duration) -> MicroTime {
        MicroTime(microseconds: microseconds + Int64(duration / .microseconds(1)))
    }
}
