import Client
import ContainerRuntime
import KubernetesAPI
import Synchronization

/// The pod workers of this node, by the uid of their pod: gives each what concerns it.
///
/// A node that was away for a while finds pods that were replaced elsewhere meanwhile together with new ones. Nothing new starts
/// before the last process of those is gone: it may be their successor, on the same volume.
final class PodWorkers: Sendable {
    private struct State {
        var workers: [String: (worker: PodWorker, task: Task<Void, Never>)] = [:]
        var cleaning = CleaningUp()
        /// As they were when their workers were made.
        var pods: [String: Pod] = [:]
        /// The machine goes down.
        var refusesNew = false
        /// Pods that are done here but still in the API: a finalizer of somebody else's keeps them.
        var done: Set<String> = []
        var stopped = false
    }

    private let services: NodeServices
    private let state = Mutex(State())

    init(_ services: NodeServices) { self.services = services }

    /// One change of the informer's copy. A pod that was replaced by another of its name comes as a change.
    func changed(_ old: Pod?, _ new: Pod?) {
        let now = services.clock.now()
        let isReturning = services.contact.isReturning(at: now)
        if let old, let uid = old.metadata.uid, uid != new?.metadata.uid {
            let worker = state.withLock { state in
                state.done.remove(uid)
                state.cleaning.forget(uid)
                if isReturning, state.workers[uid] != nil { state.cleaning.mustEnd(uid) }
                return state.workers[uid]?.worker
            }
            worker?.inbox.put { $0.isGone = true }
        }
        guard let new, let uid = new.metadata.uid else { return }
        let worker = state.withLock { state in
            if isReturning, state.workers[uid] != nil, CleaningUp.isOverdue(new, at: now) {
                state.cleaning.mustEnd(uid)
            }
            return state.workers[uid]?.worker
        }
        if let worker { worker.inbox.put { $0.pod = new } } else { start(new, adopted: nil) }
    }

    /// - Parameter isGone: the API does not hold it; what is left of it here is to be ended.
    func start(_ pod: Pod, adopted: AdoptedSandbox?, isGone: Bool = false) {
        guard let uid = pod.metadata.uid else { return }
        state.withLock { state in
            guard !state.stopped, state.workers[uid] == nil, !state.done.contains(uid) else { return }
            let isEnding = isGone || pod.metadata.deletionTimestamp != nil
            if adopted == nil, !isEnding {
                guard !state.cleaning.holds(pod) else { return }
            } else {
                state.cleaning.forget(uid)
                if adopted != nil, isEnding { state.cleaning.mustEnd(uid) }
            }
            let worker = PodWorker(pod, services, adopted: adopted, isGone: isGone) { [weak self] in self?.ended(uid) }
            if state.refusesNew { worker.inbox.put { $0.refusal = ShutdownMark.refusal } }
            state.pods[uid] = pod
            let task = Task { [weak self] in
                await worker.run()
                let isGone = await worker.isGone
                // Or the API said so while the worker was on its last step.
                self?.finished(uid, isGone: isGone || worker.inbox.take().isGone)
            }
            state.workers[uid] = (worker, task)
        }
    }

    private func finished(_ uid: String, isGone: Bool) {
        state.withLock { state in
            state.workers[uid] = nil
            state.pods[uid] = nil
            if !isGone { state.done.insert(uid) }
        }
        ended(uid)
    }

    /// No process of the pod is left.
    private func ended(_ uid: String) {
        for pod in state.withLock({ $0.cleaning.ended(uid) }) { start(pod, adopted: nil) }
    }

    func handle(_ event: RuntimeEvent) {
        switch event {
        case .containerExited(let uid, let container): put(uid) { $0.exits.append(container) }
        case .sandboxDied(let uid): put(uid) { $0.sandboxDied = true }
        }
    }

    private func put(_ uid: String, _ change: (inout PodInbox.Contents) -> Void) {
        state.withLock { $0.workers[uid]?.worker }?.inbox.put(change)
    }

    // MARK: The machine goes down

    var pods: [Pod] { state.withLock { Array($0.pods.values) } }

    /// Pods that come from now on are not started.
    func refuseNew() { state.withLock { $0.refusesNew = true } }

    func shutDown(_ uids: Set<String>, by end: MicroTime) { for uid in uids { put(uid) { $0.shutdown = end } } }

    func isAnyAlive(of uids: Set<String>) -> Bool {
        state.withLock { state in
            uids.contains { uid in state.workers[uid].map { !$0.worker.hasEnded.withLock(\.self) } ?? false }
        }
    }

    func imagesChanged() {
        let workers = state.withLock { $0.workers.values.map(\.worker) }
        for worker in workers { worker.inbox.put { $0.imagesChanged = true } }
    }

    /// Pods say at which address their node is.
    func addressChanged() {
        let workers = state.withLock { $0.workers.values.map(\.worker) }
        for worker in workers { worker.inbox.put { _ in } }
    }

    /// Ends the workers, not their pods.
    func stop() async {
        let tasks = state.withLock { state in
            state.stopped = true
            return state.workers.values.map(\.task)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}
