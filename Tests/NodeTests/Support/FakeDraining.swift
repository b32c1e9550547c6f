import KubernetesAPI
import Synchronization

@testable import Node

/// Drains at once, or, once `hold` is called, when `finish` is.
final class FakeDraining: PodDraining {
    struct State {
        var holds = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// The grace of each drain, in order.
        var graces: [Duration] = []
    }

    let state = Mutex(State())

    func hold() { state.withLock { $0.holds = true } }
    var graces: [Duration] { state.withLock(\.graces) }

    func finish() {
        let waiting = state.withLock { state in
            state.holds = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    func drain(_ pod: Pod, within grace: Duration) async {
        await withCheckedContinuation { continuation in
            let now = state.withLock { state in
                state.graces.append(grace)
                if state.holds { state.waiting.append(continuation) }
                return !state.holds
            }
            if now { continuation.resume() }
        }
    }
}
