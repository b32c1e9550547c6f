import Synchronization

extension Store {
    /// Events of the keys below a prefix, after a revision.
    /// - Throws: `.compacted` when the window no longer reaches back that far. A revision in the future waits for its turn.
    public func watch(prefix: String, after revision: Revision) throws(StoreError) -> StoreWatch<Value> {
        let result: Result<Int, StoreError> = state.withLock { state in
            if revision.number < state.window.since {
                return .failure(.compacted(oldest: Revision(state.window.since)))
            }
            return .success(state.window.place(after: revision.number))
        }
        return StoreWatch(self, prefix, try result.get(), revision.number)
    }
}

/// A place in the store's history that moves on. One task iterates it; it ends when the store closes or the task is cancelled.
public final class StoreWatch<Value: Sendable>: AsyncSequence, Sendable {
    public typealias Element = StoreEvent<Value>
    public typealias Failure = StoreError

    /// A watcher that waits: nothing for it lies beyond its cursor.
    struct Parked {
        var prefix: String
        var cursor: Cursor
        var wake: CheckedContinuation<Void, Never>
    }

    /// Where the watch is. Shared with the store, which moves it while the watcher sleeps.
    final class Cursor: Sendable {
        struct Place {
            var next: Int
            var revision: Int64
            var progressWanted = false
            var parkedAs: UInt64?
        }
        let place: Mutex<Place>
        init(_ next: Int, _ revision: Int64) { place = Mutex(Place(next: next, revision: revision)) }

        func move(to next: Int, revision: Int64) {
            place.withLock { place in
                place.next = next
                place.revision = Swift.max(place.revision, revision)
            }
        }
    }

    private let store: Store<Value>
    private let prefix: String
    private let cursor: Cursor

    init(_ store: Store<Value>, _ prefix: String, _ place: Int, _ revision: Int64) {
        self.store = store
        self.prefix = prefix
        cursor = Cursor(place, revision)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        let watch: StoreWatch
        public func next() async throws(StoreError) -> StoreEvent<Value>? { try await watch.next() }
        public func next(isolation actor: isolated (any Actor)?) async throws(StoreError) -> StoreEvent<Value>? {
            try await watch.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(watch: self) }

    /// Has the next event be `.progress` once everything before it has been told.
    public func requestProgress() {
        cursor.place.withLock { $0.progressWanted = true }
        wake()
    }

    private enum Step {
        case event(StoreEvent<Value>)
        case wait
        case ended
        case fell(Revision)
    }

    public func next() async throws(StoreError) -> StoreEvent<Value>? {
        while true {
            switch look() {
            case .event(let event): return event
            case .ended: return nil
            case .fell(let oldest): throw .compacted(oldest: oldest)
            case .wait: await park()
            }
            if Task.isCancelled { return nil }
        }
    }

    /// The lock order is always the store's state, then the cursor.
    private func look() -> Step {
        store.state.withLock { state in
            cursor.place.withLock { place in
                if place.next < state.window.first { return .fell(Revision(state.window.since)) }
                while place.next < state.window.end {
                    let item = state.window[place.next]
                    place.next += 1
                    guard item.revision > place.revision else { continue }
                    place.revision = item.revision
                    if item.key.hasPrefix(prefix) { return .event(item.event) }
                }
                if state.closed { return .ended }
                if place.progressWanted {
                    place.progressWanted = false
                    place.revision = Swift.max(place.revision, state.revision)
                    return .event(.progress(Revision(place.revision)))
                }
                return .wait
            }
        }
    }

    private func park() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumeNow = store.state.withLock { state in
                    let id = state.nextWatcher
                    return cursor.place.withLock { place in
                        // Between `look` and here something may have come.
                        if place.next < state.window.end || state.closed || place.progressWanted || Task.isCancelled {
                            return true
                        }
                        state.nextWatcher += 1
                        state.watchers[id] = Parked(prefix: prefix, cursor: cursor, wake: continuation)
                        place.parkedAs = id
                        return false
                    }
                }
                if resumeNow { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
    }

    private func wake() {
        let parked = store.state.withLock { state in
            let id = cursor.place.withLock { place in
                defer { place.parkedAs = nil }
                return place.parkedAs
            }
            return id.flatMap { state.watchers.removeValue(forKey: $0) }
        }
        parked?.wake.resume()
    }
}
