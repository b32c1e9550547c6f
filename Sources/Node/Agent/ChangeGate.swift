import KubernetesAPI
import Synchronization

/// Keeps changes of pods, in order, until somebody is ready for them.
final class ChangeGate: Sendable {
    typealias Handler = @Sendable (_ old: Pod?, _ new: Pod?) -> Void

    private struct State {
        var kept: [(old: Pod?, new: Pod?)] = []
        var isOpen = false
    }

    private let handler: Handler
    private let state = Mutex(State())

    init(_ handler: @escaping Handler) { self.handler = handler }

    func changed(_ old: Pod?, _ new: Pod?) {
        let passes = state.withLock { state in
            if !state.isOpen { state.kept.append((old, new)) }
            return state.isOpen
        }
        if passes { handler(old, new) }
    }

    func open() {
        // Under the lock, so that no later change overtakes the kept ones.
        state.withLock { state in
            for change in state.kept { handler(change.old, change.new) }
            state = State(kept: [], isOpen: true)
        }
    }
}
