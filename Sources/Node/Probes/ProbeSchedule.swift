import KubernetesAPI

/// What one probe of one container has found, and when it is to be tried next. Pure: the time comes in.
///
/// Kubernetes probes on a fixed beat. Here the first try comes at once when there is no initial delay, and until the first
/// success further tries come between the beats, so that a server that takes 80 ms to listen is Ready after about that
/// long. Tries between beats can only succeed: their failures are neither counted nor told.
struct ProbeSchedule: Sendable, Equatable {
    enum Kind: String, Sendable {
        case startup = "Startup"
        case liveness = "Liveness"
        case readiness = "Readiness"
    }

    struct Timing: Sendable, Equatable {
        var initialDelay: Duration
        var period: Duration
        var successThreshold: Int
        var failureThreshold: Int
    }

    /// The result that counts. Nil: not known yet.
    private(set) var result: Bool?
    private(set) var next: MicroTime
    /// A failed liveness or startup probe ends the container; there is nothing more to try.
    private(set) var finished = false

    let kind: Kind
    private let timing: Timing
    private var beat: MicroTime
    private var streak = 0
    private var lastTry: Bool?
    private var quickDelay = ProbeSchedule.firstQuickDelay
    private var succeededOnce = false

    static let firstQuickDelay = Duration.milliseconds(10)
    static let longestQuickDelay = Duration.seconds(1)

    /// - Parameter start: when the container started, or for readiness and liveness, when its startup probe succeeded.
    /// - Parameter initial: the result before the first try: what an adopted container had.
    init(kind: Kind, timing: Timing, start: MicroTime, initial: Bool? = nil) {
        self.kind = kind
        self.timing = timing
        result = initial
        beat = start + timing.initialDelay
        next = beat
        succeededOnce = initial == true
    }

    /// Records a try that ended at `now`. Returns whether the failure is one to tell the user about.
    mutating func record(success: Bool, at now: MicroTime) -> Bool {
        let onBeat = next >= beat
        if onBeat {
            // A try that took longer than a period skips the beats it missed, as a ticker does.
            repeat { beat = beat + timing.period } while beat <= now
        }
        defer { next = nextTry(after: now) }
        if !success && !onBeat { return false }
        streak = lastTry == success ? streak + 1 : 1
        lastTry = success
        if success { succeededOnce = true }
        let threshold = success ? timing.successThreshold : timing.failureThreshold
        if streak >= threshold {
            result = success
            if kind == .startup || (kind == .liveness && !success) { finished = true }
        }
        return !success
    }

    /// A try that could not be made: nothing counts, the next beat tries again.
    mutating func skip(at now: MicroTime) {
        while beat <= now { beat = beat + timing.period }
        next = beat
    }

    private mutating func nextTry(after now: MicroTime) -> MicroTime {
        guard !succeededOnce, kind != .liveness, timing.initialDelay == .zero else { return beat }
        let soon = now + quickDelay
        quickDelay = min(quickDelay * 2, Self.longestQuickDelay)
        return min(soon, beat)
    }
}
