import KubernetesAPI

/// What the worker knows of one container of its pod: the run that is now, the one before, and what stands in the way of
/// the next.
struct ContainerRecord: Sendable, Equatable {
    let name: String
    let isInit: Bool

    /// The number of the current run, or of the next while there is none; also the restart count.
    var attempt = 0
    var run: Run?
    /// How the run before the current one ended: the status's `lastState`.
    var last: Ended?
    /// Why there is no run, or why an ended one does not start again yet.
    var waiting: Waiting?
    var backoff = RestartBackoff()
    var imageBackoff = ImageBackoff()
    var imageID = ""
    /// Results of the probes of the current run.
    var probes = ProbeResults()
    var stop: ContainerStop?

    init(name: String, isInit: Bool = false) {
        self.name = name
        self.isInit = isInit
    }

    struct Run: Sendable, Equatable {
        /// The runtime's id: `<name>-<attempt>`.
        var id: String
        var startedAt: MicroTime
        /// postStart has not come back; the container does not count as running yet.
        var isStarting = false
        var ended: Ended?
    }

    struct Ended: Sendable, Equatable {
        var id: String
        var exitCode: Int32
        var signal: Int32 = 0
        var reason: String
        var message: String?
        var startedAt: MicroTime?
        var finishedAt: MicroTime
    }

    struct Waiting: Sendable, Equatable {
        var reason: String
        var message: String?
    }

    struct ProbeResults: Sendable, Equatable {
        /// Nil: no such probe, or no result yet.
        var startup: Bool?
        var readiness: Bool?
        /// A liveness or startup probe gave the container up: which, until the container has been told to stop.
        var failed: ProbeSchedule.Kind?
    }

    var isAlive: Bool { run != nil && run?.ended == nil }
    var nextID: String { "\(name)-\(attempt)" }

    /// Whether the container runs and its startup probe, if it has one, has succeeded.
    func isStarted(_ spec: Container) -> Bool {
        guard let run, run.ended == nil, !run.isStarting else { return false }
        return spec.startupProbe == nil || probes.startup == true
    }

    func isReady(_ spec: Container) -> Bool {
        if isInit { return run?.ended?.exitCode == 0 }
        return isStarted(spec) && (spec.readinessProbe == nil || probes.readiness == true)
    }

    /// Whether a run that ended is to be followed by another under the pod's policy.
    func restarts(_ policy: String) -> Bool {
        guard let ended = run?.ended else { return true }
        switch policy {
        case "Never": return false
        case "OnFailure": return ended.exitCode != 0
        // An init container that did its work is done, whatever the policy.
        default: return !isInit || ended.exitCode != 0
        }
    }

    /// When an ended run may be followed by the next.
    var mayStartAt: MicroTime? {
        guard let ended = run?.ended, backoff.delay > 0 else { return nil }
        return ended.finishedAt + .seconds(backoff.delay)
    }

    /// The run has ended.
    mutating func end(_ ended: Ended) {
        guard run?.id == ended.id, run?.ended == nil else { return }
        run?.ended = ended
        run?.isStarting = false
        stop = nil
        probes = ProbeResults()
        waiting = nil
        let ran = ended.startedAt.map { (ended.finishedAt - $0).components.seconds } ?? 0
        backoff.ended(ranFor: ran)
    }

    /// Makes room for the next run: what ended becomes the one before.
    mutating func prepareNextRun() {
        guard let ended = run?.ended else { return }
        last = ended
        run = nil
        attempt += 1
    }
}
