import Client
import KubernetesAPI
import Logging
import Synchronization

/// The scheduler at work: follows the copies, decides, binds.
final class SchedulerCore: Sendable {
    private struct State {
        var queue = SchedulingQueue()
        var cluster = ClusterState()

        /// A pod came, went or changed: those are tried again whom that may help.
        mutating func moved(_ change: ClusterState.Change) {
            if let left = change.left {
                if left.requests != change.came?.requests { roomChanged(on: change.node) }
                if !left.repels.isEmpty, left.repels != change.came?.repels { queue.move(.repelled) }
            }
            let cluster = cluster
            queue.move(.neighbours) { wait, _ in
                wait.neighbours.contains { selection in
                    [change.left, change.came].contains { pod in
                        pod.map { selection.matches($0.traits, namespaceLabels: cluster.labels(ofNamespace:)) }
                            ?? false
                    }
                }
            }
        }

        /// Returns false when no room was kept for the pod.
        mutating func withdraw(_ uid: String) -> Bool {
            guard let node = cluster.withdraw(nominationOf: uid) else { return false }
            roomChanged(on: node)
            return true
        }

        mutating func roomChanged(on node: String) {
            guard let state = cluster.node(node), let facts = state.facts else { return }
            queue.move(.room) { wait, _ in NodeFilters.room(wait.requests, state, facts) == nil }
        }
    }

    let client: any Client
    let recorder: EventRecorder
    let clock: any WallClock
    let logger: Logger
    private let informers: Informers
    private let pods: Informer<Pod>
    private let nodes: Informer<Node>
    private let claims: Informer<PersistentVolumeClaim>
    private let volumes: Informer<PersistentVolume>
    private let classes: Informer<StorageClass>
    private let namespaces: Informer<Namespace>
    private let services: Informer<Service>
    private let budgets: Informer<PodDisruptionBudget>
    private let state = Mutex(State())
    /// Something may be ready to be tried.
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(client: any Client, recorder: EventRecorder, clock: any WallClock, logger: Logger) {
        self.client = client
        self.recorder = recorder
        self.clock = clock
        self.logger = logger
        informers = Informers(client, clock: clock, logger: logger)
        pods = informers(Pod.self)
        nodes = informers(Node.self)
        claims = informers(PersistentVolumeClaim.self)
        volumes = informers(PersistentVolume.self)
        classes = informers(StorageClass.self)
        namespaces = informers(Namespace.self)
        services = informers(Service.self)
        budgets = informers(PodDisruptionBudget.self)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        pods.onChange { [unowned self] in podChanged(old: $0, new: $1) }
        nodes.onChange { [unowned self] in nodeChanged(old: $0, new: $1) }
        claims.onChange { [unowned self] _, _ in move(.claims) }
        volumes.onChange { [unowned self] _, _ in move(.claims) }
        classes.onChange { [unowned self] _, _ in move(.claims) }
        namespaces.onChange { [unowned self] in namespaceChanged(old: $0, new: $1) }
        services.onChange { [unowned self] in serviceChanged(old: $0, new: $1) }
    }

    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { [self] in await recorder.run() }
            group.addTask { [self] in await informers.run() }
            // Half an account of the nodes would place pods where others already are.
            try await informers.waitUntilSynced()
            group.addTask { [self] in await watchOverdue() }
            wake.yield()
            var armed: MicroTime?
            for await _ in wakes {
                while !Task.isCancelled, let entry = state.withLock({ $0.queue.pop(now: clock.now()) }) {
                    group.addTask(operation: place(entry))
                }
                if Task.isCancelled { break }
                let next = state.withLock { $0.queue.nextFailureRetry }
                if let next, next != armed { retryFailures(at: next, &group) }
                armed = next
            }
            group.cancelAll()
        }
    }

    // MARK: what changes mean

    private func podChanged(old: Pod?, new: Pod?) {
        let now = clock.now()
        state.withLock { state in
            if let change = state.cluster.observe(old: old, new: new) { state.moved(change) }
            if let old, old.metadata.uid != new?.metadata.uid { state.queue.remove(uid: old.metadata.uid ?? "") }
            if let old, old.metadata.uid != new?.metadata.uid { _ = state.withdraw(old.metadata.uid ?? "") }
            guard let new, let uid = new.metadata.uid else { return }
            guard new.waitsForUs else {
                if new.spec.nodeName?.isEmpty ?? true { _ = state.withdraw(uid) }
                return state.queue.remove(uid: uid)
            }
            // What an earlier run promised; of our own promises the account knows first.
            if old == nil, let node = new.status.nominatedNodeName, !node.isEmpty {
                _ = state.cluster.nominate(PlacedPod(new), on: node, victims: [])
            }
            // Of a waiting pod's changes only those of its spec and labels matter: its status is our own doing.
            let same = old?.metadata.uid == uid && old?.spec == new.spec && old?.metadata.labels == new.metadata.labels
            if !same, !state.cluster.assumed.contains(uid) { state.queue.add(new, now: now) }
        }
        wake.yield()
    }

    private func nodeChanged(old: Node?, new: Node?) {
        state.withLock { state in
            guard let new else {
                state.cluster.remove(node: old?.metadata.name ?? "")
                // Its pods count no more where others look at their neighbours.
                return state.queue.move([.neighbours, .repelled])
            }
            let before = state.cluster.set(new)
            let name = new.metadata.name ?? ""
            guard let facts = state.cluster.node(name)?.facts, before != facts else { return }
            // Most changes are heartbeats, and those speak through taints.
            let isOther =
                before?.labels != facts.labels || before?.hardTaints != facts.hardTaints
                || before?.isUnschedulable != facts.isUnschedulable
            if isOther { return state.queue.move([.room, .node, .neighbours, .repelled]) }
            if before?.allocatable != facts.allocatable { state.roomChanged(on: name) }
        }
        wake.yield()
    }

    private func namespaceChanged(old: Namespace?, new: Namespace?) {
        guard let name = (new ?? old)?.metadata.name, old?.metadata.labels != new?.metadata.labels else { return }
        state.withLock { state in
            state.cluster.set(namespace: name, labels: new.map { $0.metadata.labels ?? [:] })
            state.queue.move([.neighbours, .repelled])
        }
        wake.yield()
    }

    private func serviceChanged(old: Service?, new: Service?) {
        guard let name = (new ?? old)?.objectName else { return }
        state.withLock { $0.cluster.set(service: name, selector: new?.spec.selector) }
    }

    private func move(_ cause: Rejection.Cause) {
        state.withLock { $0.queue.move(cause) }
        wake.yield()
    }

    private func watchOverdue() async {
        while !Task.isCancelled {
            do { try await clock.sleep(for: .seconds(30)) } catch { return }
            let now = clock.now()
            state.withLock { $0.queue.moveOverdue(now: now) }
            wake.yield()
        }
    }

    private func retryFailures(at moment: MicroTime, _ group: inout ThrowingDiscardingTaskGroup<any Error>) {
        let delay = Duration.microseconds(max(1000, moment.microseconds - clock.now().microseconds))
        group.addTask { [self] in
            // Cancelled: nobody waits any more.
            do { try await clock.sleep(for: delay) } catch { return }
            wake.yield()
        }
    }

    func wakeUp() { wake.yield() }

    /// A victim could not be pushed out: the pod looks again, after its back-off.
    func retryPreemption(by pod: Pod, sparing victim: String) {
        state.withLock { state in
            state.cluster.spare(uid: victim)
            state.queue.failWaiting(uid: pod.metadata.uid ?? "")
        }
        wake.yield()
    }

    // MARK: one pod

    /// Decides at once, and returns what remains to be done with the server.
    private func place(_ entry: SchedulingQueue.Entry) -> @Sendable () async -> Void {
        guard let pod = pods.get(entry.name), pod.metadata.uid == entry.uid, pod.waitsForUs else {
            state.withLock { $0.queue.done(entry) }
            return {}
        }
        let copies = VolumeFilter.Volumes(claim: claims.get, volume: volumes.get, storageClass: classes.get)
        var outranked: [PlacedPod] = []
        var voided = false
        let decision = state.withLock { state in
            let decision = SchedulingDecision.decide(
                pod, &state.cluster, volumes: copies, budgets: budgets.list(namespace: nil))
            switch decision {
            case .bind(let node, _): state.cluster.assume(pod, on: node)
            case .provision: break
            // Under the same lock: no change that helps comes between the answer and the wait.
            case .wait(_, let wait):
                state.queue.wait(entry, PodTraits(pod), for: wait, now: clock.now())
                if !wait.keepsNomination { voided = state.withdraw(entry.uid) }
            case .preempt(let plan, _, let wait):
                state.queue.wait(entry, PodTraits(pod), for: wait, now: clock.now())
                outranked = state.cluster.nominate(PlacedPod(pod), on: plan.node, victims: plan.victims)
            }
            return decision
        }
        switch decision {
        case .bind(let node, let volumes): return { [self] in await bind(pod, entry, to: node, pinning: volumes) }
        case .provision(let node, let claims): return { [self] in await provision(pod, entry, node, claims) }
        case .wait(let message, _):
            return { [self, voided] in
                if voided { await forgetNomination(of: pod.objectName, uid: entry.uid) }
                await tell(pod, reason: "Unschedulable", message)
            }
        case .preempt(let plan, let message, _):
            return { [self, outranked] in await preempt(pod, plan, message, outranked: outranked) }
        }
    }

    private func bind(
        _ pod: Pod, _ entry: SchedulingQueue.Entry, to node: String, pinning volumes: [PersistentVolume]
    ) async {
        do {
            // Before the pod: once it runs, its data are there.
            for volume in volumes { try await pin(volume, to: node) }
            try await client.bind(pod: pod.objectName, uid: entry.uid, to: node)
            state.withLock { $0.queue.done(entry) }
            recorder.record(
                about: pod, .normal, "Scheduled", "Successfully assigned \(pod.objectName) to \(node)")
        } catch {
            state.withLock { state in
                if let change = state.cluster.forget(uid: entry.uid) { state.moved(change) }
            }
            await failed(pod, entry, error, doing: "binding rejected: ")
        }
        wake.yield()
    }

    private func pin(_ volume: PersistentVolume, to node: String) async throws {
        let wanted = VolumeNodeAffinity(required: .hostname(node))
        try await client.modify(PersistentVolume.self, volume.objectName) { volume in
            if volume.spec.nodeAffinity == wanted { return false }
            guard volume.spec.nodeAffinity == nil else { throw VolumePinnedElsewhere(volume: volume.objectName) }
            volume.spec.nodeAffinity = wanted
            return true
        }
    }

    /// Tells the claims where their volume is needed; their binding brings the pod back.
    private func provision(
        _ pod: Pod, _ entry: SchedulingQueue.Entry, _ node: String, _ claims: [PersistentVolumeClaim]
    ) async {
        do {
            for claim in claims {
                try await client.modify(PersistentVolumeClaim.self, claim.objectName) { claim in
                    let key = PersistentVolumeClaim.selectedNodeAnnotation
                    if claim.metadata.annotations?[key] == node { return false }
                    claim.metadata.annotations = (claim.metadata.annotations ?? [:]).merging([key: node]) { $1 }
                    return true
                }
            }
            let wait = Wait(causes: [.claims])
            state.withLock { $0.queue.wait(entry, PodTraits(pod), for: wait, now: clock.now()) }
        } catch {
            await failed(pod, entry, error, doing: "")
        }
        wake.yield()
    }

    private func failed(
        _ pod: Pod, _ entry: SchedulingQueue.Entry, _ error: any Error, doing: String
    ) async {
        // Gone, or placed by somebody else: its own events say so.
        if let error = error as? APIError, error.isNotFound || error.isConflict {
            return state.withLock { $0.queue.done(entry) }
        }
        if error is CancellationError { return }
        logger.warning("cannot place \(pod.objectName): \(error)")
        state.withLock { $0.queue.fail(entry, now: clock.now()) }
        await tell(pod, reason: "SchedulerError", "\(doing)\(error)")
    }

    /// In the pod's condition and in an event.
    /// - Parameter node: the one where room is being made for it.
    func tell(_ pod: Pod, reason: String, _ message: String, nominating node: String? = nil) async {
        recorder.record(about: pod, .warning, "FailedScheduling", message)
        let now = clock.now().time
        do {
            try await client.modify(Pod.self, pod.objectName, status: true) { [uid = pod.metadata.uid] pod in
                guard pod.metadata.uid == uid, pod.spec.nodeName?.isEmpty ?? true else { return false }
                let isNews = pod.setUnscheduled(reason, message, now: now)
                guard let node, pod.status.nominatedNodeName != node else { return isNews }
                pod.status.nominatedNodeName = node
                return true
            }
        } catch let error as APIError where error.isNotFound {
            return
        } catch {
            logger.warning("cannot write why \(pod.objectName) waits: \(error)")
        }
    }
}

/// Another pod of the same volume was faster; the next try goes after it.
private struct VolumePinnedElsewhere: Error, CustomStringConvertible {
    var volume: ObjectName
    var description: String { "persistentvolume \"\(volume.name)\" became another node's meanwhile" }
}

extension Pod {
    /// Neither placed, nor ended, nor going; and nobody else's to place.
    var waitsForUs: Bool {
        (spec.nodeName ?? "").isEmpty && !isTerminal && metadata.deletionTimestamp == nil
            && ["", Scheduler.name].contains(spec.schedulerName ?? "")
    }

    /// Returns false when the condition says so already.
    mutating func setUnscheduled(_ reason: String, _ message: String, now: Time) -> Bool {
        var conditions = status.conditions ?? []
        let index = conditions.firstIndex { $0.type == "PodScheduled" }
        let current = index.map { conditions[$0] }
        if current?.status == "False", current?.reason == reason, current?.message == message { return false }
        var condition = PodCondition(type: "PodScheduled", status: "False", reason: reason, message: message)
        condition.lastTransitionTime = current?.status == "False" ? current?.lastTransitionTime : now
        if let index { conditions[index] = condition } else { conditions.append(condition) }
        status.conditions = conditions
        return true
    }
}
