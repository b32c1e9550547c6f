import Client
package import KubernetesAPI
import Synchronization

/// The time that the test says.
package final class SimulatedClock: WallClock {
    private let time: Mutex<Int64>

    package init(seconds: Int64 = 1_800_000_000) { time = Mutex(seconds * 1_000_000) }

    package func now() -> MicroTime { MicroTime(microseconds: time.withLock { $0 }) }
    package func advance(_ duration: Duration) {
        let (seconds, atto) = duration.components
        time.withLock { $0 += seconds * 1_000_000 + atto / 1_000_000_000_000 }
    }
    package func sleep(for duration: Duration) async throws { advance(duration) }
}
