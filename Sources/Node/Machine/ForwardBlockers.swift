import Client
import KubernetesAPI
import Linux
import Logging
import Synchronization

/// Which tables of others drop pods' traffic, looked up now and then: reading a whole ruleset at every heartbeat would cost
/// more the more rules there are.
final class ForwardBlockers: Sendable {
    static let interval = Duration.seconds(60)

    private struct State {
        var found: [String] = []
        var next: MicroTime?
    }

    private let range: IPv4Range
    private let clock: any WallClock
    private let logger: Logger
    private let state = Mutex(State())

    init(range: IPv4Range, clock: any WallClock, logger: Logger) {
        self.range = range
        self.clock = clock
        self.logger = logger
    }

    /// Each with what to do about it.
    var current: [String] {
        state.withLock { state in
            let now = clock.now()
            if let next = state.next, now < next { return state.found }
            state.next = now + Self.interval
            do {
                state.found = try ForwardBlocker.find(for: range).map { "\($0): \($0.remedy)" }
            } catch {
                logger.warning("cannot tell whether another firewall drops pods' traffic: \(error)")
            }
            return state.found
        }
    }
}
