import Client
import KubernetesAPI
import Synchronization

@testable import Node

/// Time that passes only when a test says so.
final class SimulatedClock: WallClock {
    private struct Sleeper {
        var due: MicroTime
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: MicroTime
        var sleepers: [UInt64: Sleeper] = [:]
        var nextID: UInt64 = 0
    }

    private let state: Mutex<State>

    init(_ start: MicroTime = MicroTime(microseconds: 1_800_000_000_000_000)) { state = Mutex(State(now: start)) }

    func now() -> MicroTime { state.withLock(\.now) }

    func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let done: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if duration <= .zero { return .success(()) }
                    state.sleepers[id] = Sleeper(due: state.now + duration, continuation: continuation)
                    return nil
                }
                if let done { continuation.resume(with: done) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }

    /// The next moment that somebody waits for.
    var nextDue: MicroTime? { state.withLock { $0.sleepers.values.map(\.due).min() } }

    func advance(by duration: Duration) { advance(to: now() + duration) }

    func advance(to moment: MicroTime) {
        let woken = state.withLock { state in
            state.now = max(state.now, moment)
            let due = state.sleepers.filter { $0.value.due <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.due < $1.due }
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }
}
