import KubernetesAPI
import Synchronization

/// Keys to be looked at, each at most once at a time: a key added while it is being worked on is worked on again afterwards,
/// however often it was added. Source: client-go's rate-limiting work queue.
public final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private struct State {
        /// In order of arrival, from `head` on.
        var ready: [Key] = []
        var head = 0
        /// Added and not yet handed out.
        var dirty: Set<Key> = []
        var working: Set<Key> = []
        var failures: [Key: Int] = [:]
        /// When a delayed key comes due, in microseconds; an earlier wish wins.
        var due: [Key: Int64] = [:]
        var waiters: [(id: UInt64, continuation: CheckedContinuation<Key?, Never>)] = []
        var nextWaiter: UInt64 = 0
    }

    private let clock: any WallClock
    private let state = Mutex(State())

    public init(clock: any WallClock = SystemClock()) { self.clock = clock }

    public func add(_ key: Key) {
        let handOver: (() -> Void)? = state.withLock { state in
            guard state.dirty.insert(key).inserted, !state.working.contains(key) else { return nil }
            return Self.enqueue(key, &state)
        }
        handOver?()
    }

    /// Adds the key once the time is over, unless an earlier wish for it is pending.
    public func addAfter(_ delay: Duration, _ key: Key) {
        if delay <= .zero { return add(key) }
        let (seconds, attoseconds) = delay.components
        let due = clock.now().microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let wanted = state.withLock { state in
            if let pending = state.due[key], pending <= due { return false }
            state.due[key] = due
            return true
        }
        guard wanted else { return }
        Task {
            // Cancelled only together with the process or the simulation: then nobody waits for the key.
            do { try await clock.sleep(for: delay) } catch { return }
            let mine = state.withLock { state in
                guard state.due[key] == due else { return false }
                state.due[key] = nil
                return true
            }
            if mine { add(key) }
        }
    }

    /// Adds the key after a delay that doubles with every failure since `forget`: 5 ms up to 30 s.
    public func addRateLimited(_ key: Key) {
        let failures = state.withLock { state in
            defer { state.failures[key, default: 0] += 1 }
            return state.failures[key] ?? 0
        }
        addAfter(min(.milliseconds(5) * (1 << min(failures, 13)), .seconds(30)), key)
    }

    public func forget(_ key: Key) { state.withLock { $0.failures[key] = nil } }

    /// Keys waiting to be handed out.
    public var count: Int { state.withLock { $0.ready.count - $0.head } }

    /// Works on keys, `workers` at a time, until the task is cancelled. A `body` that throws has its key added again,
    /// rate-limited, after `failed` has heard of it.
    public func run(
        workers: Int, failed: @escaping @Sendable (Key, any Error) -> Void,
        _ body: @escaping @Sendable (Key) async throws -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    while let key = await self.next() {
                        do {
                            try await body(key)
                            self.forget(key)
                        } catch is CancellationError {
                            self.done(key)
                            return
                        } catch {
                            failed(key, error)
                            self.addRateLimited(key)
                        }
                        self.done(key)
                    }
                }
            }
        }
    }

    /// The next key, or nil once the task is cancelled. To be given back with `done`.
    func next() async -> Key? {
        if Task.isCancelled { return nil }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let immediate: Key?? = state.withLock { state in
                    if Task.isCancelled { return .some(nil) }
                    if state.head < state.ready.count { return Self.take(&state) }
                    state.waiters.append((id, continuation))
                    return nil
                }
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: nil)
        }
    }

    func done(_ key: Key) {
        let handOver: (() -> Void)? = state.withLock { state in
            state.working.remove(key)
            return state.dirty.contains(key) ? Self.enqueue(key, &state) : nil
        }
        handOver?()
    }

    /// Gives the key to a waiting worker, or keeps it; what must happen outside the lock is returned.
    private static func enqueue(_ key: Key, _ state: inout State) -> (() -> Void)? {
        guard !state.waiters.isEmpty else {
            state.ready.append(key)
            return nil
        }
        let waiter = state.waiters.removeFirst()
        state.dirty.remove(key)
        state.working.insert(key)
        return { waiter.continuation.resume(returning: key) }
    }

    private static func take(_ state: inout State) -> Key {
        let key = state.ready[state.head]
        state.head += 1
        if state.head > 64, state.head * 2 > state.ready.count {
            state.ready.removeFirst(state.head)
            state.head = 0
        }
        state.dirty.remove(key)
        state.working.insert(key)
        return key
    }
}
