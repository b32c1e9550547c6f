import KubernetesAPI

/// How long a container that ended waits before it is started again: not at all the first time, then 10 s, doubling up to
/// 5 minutes; forgotten once it has run for 10 minutes. Source: Kubernetes' documentation, "Container restarts".
struct RestartBackoff: Sendable, Equatable {
    static let initial: Int64 = 10
    static let maximum: Int64 = 300
    /// Seconds of running after which the next end counts as the first again.
    static let reset: Int64 = 600

    /// Ends in a row without a long run between them.
    private(set) var ends = 0

    /// - Parameter restarts: what a daemon that was away still knows: the count.
    init(restarts: Int = 0) { ends = restarts }

    mutating func ended(ranFor seconds: Int64) { ends = seconds >= Self.reset ? 1 : ends + 1 }

    /// Seconds that the next start waits, counted from the end of the run before.
    var delay: Int64 { ends <= 1 ? 0 : min(Self.initial << min(ends - 2, 5), Self.maximum) }
}

/// The wait between looks for an image that is not there, as the kubelet waits between pulls: 10 s doubling to 5 minutes.
struct ImageBackoff: Sendable, Equatable {
    private(set) var next: MicroTime?
    private(set) var delay: Int64 = 0

    func isWaiting(at now: MicroTime) -> Bool { next.map { now < $0 } ?? false }

    mutating func failed(at now: MicroTime) {
        delay = delay == 0 ? RestartBackoff.initial : min(delay * 2, RestartBackoff.maximum)
        next = now + .seconds(delay)
    }
}
