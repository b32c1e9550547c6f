import KubernetesAPI
import Synchronization

/// Whether this node has been heard all along. One that was away may have been given up, and its pods replaced: until it has
/// caught up it starts nothing beside what must end (`CleaningUp`). In ordinary running nobody waits for anybody.
final class ServerContact: Sendable {
    /// Pure: what the heartbeats tell.
    struct State: Equatable {
        private var renewed: MicroTime
        private var interval: Duration
        private var returned: MicroTime?

        init(at now: MicroTime, interval: Duration) { (renewed, self.interval) = (now, interval) }

        /// The lease was renewed.
        mutating func renewed(at now: MicroTime, interval: Duration) {
            if isSilent(at: now) { returned = now }
            (renewed, self.interval) = (now, interval)
        }

        func isReturning(at now: MicroTime) -> Bool {
            isSilent(at: now) || returned.map { now - $0 < ServerContact.catchingUp } ?? false
        }

        /// Sooner than the server gives a node up, which is after four.
        private func isSilent(at now: MicroTime) -> Bool { now - renewed > interval * 3 }
    }

    /// How long after its return a node may hear of what happened meanwhile: a watch that died unnoticed is opened again
    /// within 25 s (`Connection`).
    static let catchingUp = Duration.seconds(30)

    private let state: Mutex<State>

    init(at now: MicroTime, interval: Duration) { state = Mutex(State(at: now, interval: interval)) }

    func renewed(at now: MicroTime, interval: Duration) {
        state.withLock { $0.renewed(at: now, interval: interval) }
    }

    func isReturning(at now: MicroTime) -> Bool { state.withLock { $0.isReturning(at: now) } }
}
