import Glibc
public import KubernetesAPI

/// Where a part's time comes from, so that it runs under a simulated one too.
public protocol WallClock: Sendable {
    func now() -> MicroTime
    /// Returns early, with `CancellationError`, when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The machine's own time.
public struct SystemClock: WallClock {
    public init() {}

    public func now() -> MicroTime {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        return MicroTime(microseconds: Int64(moment.tv_sec) * 1_000_000 + Int64(moment.tv_nsec) / 1000)
    }

    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
