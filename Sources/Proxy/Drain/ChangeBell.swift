import Client
import KubernetesAPI
import Synchronization

/// Wakes those who wait for what happened: while many pods stop at once, most events are none of theirs.
final class ChangeBell: Sendable {
    private struct Waiter {
        var event: DrainEvent
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var count: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state = Mutex(State())

    /// How many wait.
    var waiting: Int { state.withLock { $0.waiters.count } }
    var count: UInt64 { state.withLock { $0.count } }

    func ring(_ event: DrainEvent) {
        let woken = state.withLock { state in
            state.count += 1
            let woken = state.waiters.filter { $0.value.event == event }
            for id in woken.keys { state.waiters[id] = nil }
            return woken.values
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Returns once it has rung for the event, the time is over or the task is cancelled; at once if it has rung more than
    /// `count` times, for whatever: that is since the caller looked.
    func wait(for event: DrainEvent, after count: UInt64, atMost limit: Duration, clock: any WallClock) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(for: event, after: count) }
            group.addTask {
                // Cancelled: the bell was first.
                do { try await clock.sleep(for: limit) } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait(for event: DrainEvent, after count: UInt64) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let done = state.withLock { state in
                    if state.count > count || Task.isCancelled { return true }
                    state.waiters[id] = Waiter(event: event, continuation: continuation)
                    return false
                }
                if done { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }
}
