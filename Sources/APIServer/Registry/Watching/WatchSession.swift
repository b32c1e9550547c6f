import Client
import KubernetesAPI
import Store
import Synchronization

/// One watch on one kind: the store's events, seen through the client's selectors.
///
/// One task pulls from it. The session ends with it: nobody has to stop anything.
final class WatchSession<T: APIObject>: Sendable {
    enum Change: Sendable {
        case added(StoredObject)
        case modified(StoredObject)
        /// The last state that the client knew, at the revision of what ended it.
        case deleted(StoredObject)
        case bookmark(Revision, endsInitialEvents: Bool)
    }

    struct Wish: Sendable {
        var filter: ObjectFilter<T>
        var bookmarks: Bool
        /// Ends the watch.
        var timeout: Duration?
    }

    private struct State {
        var initial: ArraySlice<StoredObject>
        var endOfInitial: Revision?
        var ended = false
    }

    private let wish: Wish
    private let events: StoreWatch<StoredObject>
    private let state: Mutex<State>
    private let ticker: Ticker?

    /// - Parameters:
    ///   - initial: told as ADDED before anything else.
    ///   - endOfInitial: told in a bookmark after them.
    init(
        _ events: StoreWatch<StoredObject>, _ wish: Wish, initial: [StoredObject] = [], endOfInitial: Revision? = nil,
        clock: any WallClock
    ) {
        self.wish = wish
        self.events = events
        state = Mutex(State(initial: initial[...], endOfInitial: endOfInitial))
        ticker =
            wish.bookmarks || wish.timeout != nil
            ? Ticker(events, clock, every: wish.bookmarks ? .seconds(60) : nil, until: wish.timeout) : nil
    }

    deinit { ticker?.stop() }

    /// Nil when the watch is over.
    /// - Throws: 410 when the store's history overtook a slow client.
    func next() async throws(APIError) -> Change? {
        if let first = initial() { return first }
        while true {
            let event: StoreEvent<StoredObject>?
            do throws(StoreError) {
                event = try await events.next()
            } catch {
                throw APIError(error)
            }
            guard let event else { return nil }
            if let change = try change(event) { return change }
            if case .progress(let revision) = event {
                if ticker?.isOver == true { return nil }
                if wish.bookmarks { return .bookmark(revision, endsInitialEvents: false) }
            }
        }
    }

    private func initial() -> Change? {
        state.withLock { state in
            if let object = state.initial.popFirst() { return .added(object) }
            defer { state.endOfInitial = nil }
            return state.endOfInitial.map { .bookmark($0, endsInitialEvents: true) }
        }
    }

    /// An object that begins to match the selectors is new to the client, and one that ceases to is gone.
    private func change(_ event: StoreEvent<StoredObject>) throws(APIError) -> Change? {
        switch event {
        case .progress: return nil
        case .put(let entry, let previous):
            let matches = try wish.filter.matches(entry.value)
            guard let previous else { return matches ? .added(entry.value) : nil }
            switch (try wish.filter.matches(previous.value), matches) {
            case (false, false): return nil
            case (false, true): return .added(entry.value)
            case (true, true): return .modified(entry.value)
            case (true, false): return .deleted(try at(entry.revision, previous.value))
            }
        case .delete(_, let revision, let previous):
            guard let previous else {
                // Compaction took what the object was: only a new list can tell what is gone.
                throw .expired("too old resource version: the state before revision \(revision) is compacted")
            }
            guard try wish.filter.matches(previous.value) else { return nil }
            return .deleted(try at(revision, previous.value))
        }
    }

    private func at(_ revision: Revision, _ stored: StoredObject) throws(APIError) -> StoredObject {
        do {
            return try stored.at(revision)
        } catch {
            throw .internalError("\(error)")
        }
    }
}

/// Wakes a watch now and then, for a bookmark or for its end.
private final class Ticker: Sendable {
    private let over = Mutex(false)
    private let task = Mutex<Task<Void, Never>?>(nil)

    var isOver: Bool { over.withLock { $0 } }

    init(_ events: StoreWatch<StoredObject>, _ clock: any WallClock, every period: Duration?, until end: Duration?) {
        let started = Task { [weak self] in
            var left = end
            while true {
                let pause = min(period ?? .seconds(86_400), left ?? .seconds(86_400))
                // Only cancellation ends a sleep early, and then nobody waits for a wake any more.
                do { try await clock.sleep(for: pause) } catch { return }
                left = left.map { $0 - pause }
                let ends = left.map { $0 <= .zero } ?? false
                if ends { self?.over.withLock { $0 = true } }
                events.requestProgress()
                if ends || self == nil { return }
            }
        }
        task.withLock { $0 = started }
    }

    func stop() { task.withLock { $0?.cancel() } }
}
