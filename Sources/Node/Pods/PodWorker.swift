import Client
import ContainerRuntime
import KubernetesAPI
import Logging
import Synchronization

/// Makes one pod on this node be what the API says, and tells the API what it is: one worker a pod, from the moment it is
/// bound here until nothing is left of it.
///
/// Level-triggered: whatever wakes it, it takes in what is new, looks at what is, and takes the steps that are due. All
/// decisions are in pure types (`PodState`, `PodPlan`, `ContainerStop`, `PodStatusGenerator`); the worker carries them out.
actor PodWorker {
    nonisolated let uid: String
    nonisolated let inbox = PodInbox()
    /// Hears that no process of the pod is left.
    let ended: @Sendable () -> Void
    let services: NodeServices
    let writer: PodStatusWriter
    let directory: PodDirectory
    let volumes: PodVolumes

    var pod: Pod
    /// The API no longer holds it.
    var isGone = false
    var state = PodState.pending
    var stop: StopReason?
    var records: [ContainerRecord]
    var sandbox: SandboxFacts?
    var places: [String: PodVolumes.Place]?
    var status: PodStatus
    /// When to look again although nothing has happened.
    var wake: MicroTime?
    var hasFinalStatus = false
    var isReleased = false
    var isRemovedFromAPI = false
    var isAdmitted = false
    var tasks = ContainerTasks()
    var ready = ReadyWork()
    /// By the container's name.
    var pulls: [String: ImagePull] = [:]
    var drain: Task<Void, Never>?
    /// When the pod must have ended because the machine goes down.
    var shutdownEnd: MicroTime?
    /// No process is left, and the API knows.
    nonisolated let hasEnded = Mutex(false)
    var wasDrained = false
    /// The grace that the pod's deletion leaves, in seconds, and when it is over by this node's clock.
    var deletion: (grace: Int64, end: MicroTime)?
    /// The daemon found the pod running and deleted when it started.
    let wasDeletedBefore: Bool
    var retry = Retry()
    var told = ToldOnce()
    /// The stop signal that each run's image wants.
    var stopSignals: [String: String] = [:]

    struct SandboxFacts: Sendable, Equatable {
        /// Nil in the node's own network.
        var address: String?
        var isReady = true
    }

    /// - Parameters:
    ///   - adopted: what the runtime found of it when the daemon started.
    ///   - ended: is called once no process of the pod is left; perhaps more than once.
    init(
        _ pod: Pod, _ services: NodeServices, adopted: AdoptedSandbox? = nil, isGone: Bool = false,
        ended: @escaping @Sendable () -> Void = {}
    ) {
        self.ended = ended
        let uid = pod.metadata.uid ?? ""
        self.uid = uid
        wasDeletedBefore = adopted != nil && pod.metadata.deletionTimestamp != nil
        self.services = services
        self.pod = pod
        self.isGone = isGone
        status = pod.status
        directory = PodDirectory(dataDirectory: services.configuration.dataDirectory, uid: uid)
        volumes = PodVolumes(
            directory: directory, objects: services.objects, mounts: services.mounts,
            attachments: services.attachments, clock: services.clock)
        writer = PodStatusWriter(pod, services.pods, services.clock, services.logger)
        let past = PodPast(pod, adopted: adopted?.containers ?? [], now: services.clock.now())
        records = past.records
        // Without an address in a network of its own it is half made: the daemon before this one died over it.
        let isWhole = adopted.map { $0.alive && ($0.address != nil || $0.config.hostNetwork) }
        if let adopted, isWhole == true { sandbox = SandboxFacts(address: adopted.address) }
        lostSandbox = past.lostContainers || isWhole == false
        let isTerminal = pod.status.phase == "Succeeded" || pod.status.phase == "Failed"
        if isTerminal {
            state = .terminating
            stop = .completed
        }
    }

    /// Found at the start: the pod had a sandbox once, and it is not there any more.
    var lostSandbox: Bool

    /// The pod's task.
    func run() async {
        if isGone { await writer.saw(nil) }
        await watchReferences()
        adoptRuns()
        while !Task.isCancelled {
            await take(inbox.take())
            wake = nil
            await step()
            if state == .removed { break }
            await inbox.wait(until: wake, services.clock)
        }
        tasks.cancelAll()
        drain?.cancel()
        await services.references.stop(uid)
        if state == .removed { services.containers.forget(uid) }
    }

    var policy: String { pod.spec.restartPolicy ?? "Always" }
    var shown: String { "\(pod.metadata.name ?? "")_\(pod.metadata.namespace ?? "")(\(uid))" }

    func spec(_ name: String) -> Container? {
        pod.spec.containers.first { $0.name == name } ?? pod.spec.initContainers?.first { $0.name == name }
    }

    func index(_ name: String) -> Int? { records.firstIndex { $0.name == name } }

    func wakeAt(_ moment: MicroTime?) {
        guard let moment else { return }
        wake = wake.map { min($0, moment) } ?? moment
    }

    func tell(_ kind: EventRecorder.Kind, _ reason: String, _ message: String, container: String? = nil) {
        services.events.record(pod, kind, reason, message, container: container)
    }

    // MARK: What is new

    private func take(_ contents: PodInbox.Contents) async {
        if let newest = contents.pod {
            pod = newest
            await writer.saw(newest)
        }
        if contents.isGone {
            isGone = true
            await writer.saw(nil)
        }
        for exit in contents.exits { ended(exit) }
        for report in contents.hooks { hookCameBack(report) }
        for report in contents.probes { probeReported(report) }
        if contents.sandboxDied { await sandboxDied() }
        if contents.referencesChanged {
            ready.runs = [:]
            retry.volumes = Backoff()
            for i in records.indices { records[i].imageBackoff = ImageBackoff() }
            await refreshVolumes()
        }
        if contents.drained { wasDrained = true }
        if let refusal = contents.refusal, stop == nil { stop = refusal }
        if let end = contents.shutdown {
            let own = services.clock.now() + .seconds(pod.spec.terminationGracePeriodSeconds ?? 30)
            shutdownEnd = min(end, own)
            if stop == nil { stop = .nodeShutdown }
        }
        for report in contents.pulls { pullCameBack(report) }
        if contents.imagesChanged {
            for i in records.indices { records[i].imageBackoff = ImageBackoff() }
        }
    }

    // MARK: What is due

    private var facts: PodFacts {
        var facts = PodFacts()
        facts.stop = stop
        facts.prepared = places != nil && sandbox?.isReady == true
        facts.started = records.allSatisfy { $0.isInit || $0.run != nil || $0.attempt > 0 }
        facts.drained = isDrained
        facts.alive = records.count(where: \.isAlive)
        facts.finalStatusWritten = hasFinalStatus || isGone
        facts.released = isReleased
        facts.gone = isRemovedFromAPI || (isGone && isReleased)
        return facts
    }

    /// Steps on until nothing more can be done at once, and only then tells: a start that goes well is one write.
    private func step() async {
        if lostSandbox {
            lostSandbox = false
            await sandboxDied()
        }
        decideStop()
        while true {
            let before = state
            state = state.next(facts)
            switch state {
            case .pending: await prepare()
            case .starting, .running: await runContainers()
            case .draining: beginDraining()
            case .terminating: await endContainers()
            case .terminated: await finish()
            case .removed: return
            }
            publish()
            decideStop()
            if state == before, state.next(facts) == state { break }
        }
        await submitStatus()
    }

    private func decideStop() {
        if isGone || pod.metadata.deletionTimestamp != nil {
            if stop == nil { stop = .deleted }
            return
        }
        guard stop == nil else { return }
        if let refusal = admit() {
            stop = .refused(reason: refusal.reason, message: refusal.message)
            tell(.warning, refusal.reason, refusal.message)
        } else if let seconds = pod.spec.activeDeadlineSeconds, let start = status.startTime {
            let deadline = MicroTime(microseconds: (start.seconds + seconds) * 1_000_000)
            if services.clock.now() >= deadline {
                stop = .deadlineExceeded
                tell(.normal, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
            } else {
                wakeAt(deadline)
            }
        }
    }

    private func admit() -> Admission.Refusal? {
        guard !isAdmitted else { return nil }
        // A pod that already has containers here was admitted by a daemon before this one.
        let running = records.contains { $0.run != nil || $0.attempt > 0 } || sandbox != nil
        let refusal = services.admission.admit(pod, unconditionally: running)
        isAdmitted = refusal == nil
        return refusal
    }

    // MARK: What it tells

    private var statusInput: PodStatusGenerator.Input {
        var current = pod
        // Transitions are measured against what was last said, which the informer may not have seen yet.
        current.status = PodStatusWriter.merge(status, into: pod.status)
        return PodStatusGenerator.Input(
            pod: current, records: records, state: state, stop: stop, podIP: sandbox?.address ?? status.podIP,
            hostIP: services.configuration.nodeIP, sandboxReady: sandbox?.isReady == true)
    }

    func submitStatus() async {
        guard !isGone, !isRemovedFromAPI else { return }
        let next = PodStatusGenerator.status(statusInput, now: services.clock.now())
        guard next != status || next != pod.status else { return }
        status = next
        await writer.submit(next)
    }

    private func publish() {
        services.containers.publish(
            uid,
            .init(
                records: records, logDirectory: logDirectory,
                defaultWaiting: (pod.spec.initContainers ?? []).isEmpty ? "ContainerCreating" : "PodInitializing"))
    }

    nonisolated static func logDirectory(_ pod: Pod, in root: String) -> String {
        "\(root)/\(pod.metadata.namespace ?? "")_\(pod.metadata.name ?? "")_\(pod.metadata.uid ?? "")"
    }

    var logDirectory: String { Self.logDirectory(pod, in: services.configuration.podLogDirectory) }
}

/// Waits that double: between tries of something that failed.
struct Backoff: Sendable, Equatable {
    private(set) var next: MicroTime?
    private var delay = Duration.zero

    mutating func failed(at now: MicroTime, first: Duration, longest: Duration) {
        delay = delay == .zero ? first : min(delay * 2, longest)
        next = now + delay
    }

    func isWaiting(at now: MicroTime) -> Bool { next.map { now < $0 } ?? false }
}

/// What a worker tries again later.
struct Retry: Sendable {
    var volumes = Backoff()
    var sandbox = Backoff()
    var finish = Backoff()
}

/// Messages that were told already, so that a wait of an hour is not an event a second.
struct ToldOnce: Sendable {
    private var said: Set<String> = []
    mutating func isNew(_ message: String) -> Bool { said.insert(message).inserted }
    mutating func forget() { said = [] }
}
