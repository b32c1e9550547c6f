import Dispatch
public import Logging
import Synchronization

/// What the cluster should be and was last seen to be: keys with values, every change a revision.
///
/// Writers meet at one queue that checks what each expects, appends all that are waiting in one transaction (one fsync for
/// all) and only then shows them to readers and watches, which are served from memory. So nobody ever reads what a power
/// cut could take back. docs/store.md has the picture.
public final class Store<Value: Sendable>: Sendable {
    public typealias Entry = StoreEntry<Value>
    public typealias Materialize = @Sendable (_ key: String, _ bytes: [UInt8], _ revision: Revision) throws -> Value

    struct State {
        var entries = SortedEntries<Value>()
        var window: EventWindow<Value>
        var revision: Int64
        var pending: [Request] = []
        var draining = false
        var closed = false
        var watchers: [UInt64: StoreWatch<Value>.Parked] = [:]
        var nextWatcher: UInt64 = 0
        /// Why the last transaction failed; nil since one went well.
        var failure: String?
    }

    struct Request {
        var key: String
        /// Nil deletes.
        var bytes: [UInt8]?
        var expecting: Expectation
        var done: CheckedContinuation<Result<(revision: Revision, entry: Entry?), StoreError>, Never>
    }

    let state: Mutex<State>
    private let writer: Writer
    private let queue = DispatchQueue(label: "store")
    private let materialize: Materialize
    private let logger: Logger

    /// - Parameters:
    ///   - path: the database file; nil keeps everything in memory.
    ///   - window: how many events, and bytes of them, watches can go back.
    ///   - materialize: makes what is kept in memory out of what is on the disk, once a revision.
    /// - Throws: `StoreError`, `.locked` where another process has the file open.
    public init(
        path: String?, window: (count: Int, bytes: Int) = (10_000, 8 << 20), materialize: @escaping Materialize,
        logger: Logger
    ) throws {
        let database = try Database(path: path)
        var entries = SortedEntries<Value>()
        var rows: [(row: Database.Row, value: Value?)] = []
        let (newest, compacted) = try database.load { row throws(StoreError) in
            do {
                let value = row.deleted ? nil : try materialize(row.key, row.value, Revision(row.revision))
                rows.append((row, value))
            } catch {
                throw .failed("\(path ?? "memory"): revision \(row.revision) of \(row.key) cannot be read: \(error)")
            }
        }
        var events = EventWindow<Value>(since: compacted, maximumCount: window.count, maximumBytes: window.bytes)
        for (row, value) in rows {
            let event = Self.apply(row.key, Revision(row.revision), value, to: &entries)
            if row.revision > compacted {
                events.append(.init(key: row.key, revision: row.revision, event: event, bytes: row.value.count))
            }
        }
        state = Mutex(State(entries: entries, window: events, revision: newest))
        writer = Writer(database: database, newest: newest, compacted: compacted, rows: rows.count)
        self.materialize = materialize
        self.logger = logger
    }

    /// The newest revision that is on the disk.
    public var revision: Revision { state.withLock { Revision($0.revision) } }

    /// Why nothing can be written, or was not the last time; nil when all is well.
    public var failure: String? { state.withLock { $0.closed ? "closed" : $0.failure } }

    public func get(_ key: String) -> Entry? { state.withLock { $0.entries[key] } }

    /// All entries below a prefix that ends in `/`, in the order of keys, as of one revision.
    public func list(prefix: String) -> (entries: [Entry], revision: Revision) {
        state.withLock { ($0.entries.list(prefix: prefix), Revision($0.revision)) }
    }

    /// Returns once the value is on the disk.
    public func put(_ key: String, _ bytes: [UInt8], expecting: Expectation) async throws(StoreError) -> Entry {
        guard let entry = try await submit(key, bytes, expecting).entry else {
            throw .failed("\(key): no entry after a put")
        }
        return entry
    }

    /// Returns the deletion's own revision once it is on the disk.
    public func delete(_ key: String, expecting: Revision) async throws(StoreError) -> Revision {
        try await submit(key, nil, .revision(expecting)).revision
    }

    /// Ends all watches and waits for writes that have been accepted.
    public func close() async {
        let parked = state.withLock { state in
            state.closed = true
            defer { state.watchers = [:] }
            return state.watchers.values.map(\.wake)
        }
        for wake in parked { wake.resume() }
        await withCheckedContinuation { continuation in
            queue.async {
                self.drain()
                self.writer.close()
                continuation.resume()
            }
        }
    }

    private func submit(
        _ key: String, _ bytes: [UInt8]?, _ expecting: Expectation
    ) async throws(StoreError) -> (revision: Revision, entry: Entry?) {
        try await withCheckedContinuation { continuation in
            let request = Request(key: key, bytes: bytes, expecting: expecting, done: continuation)
            let (closed, start) = state.withLock { state in
                if state.closed { return (true, false) }
                state.pending.append(request)
                defer { state.draining = true }
                return (false, !state.draining)
            }
            if closed { continuation.resume(returning: .failure(.closed)) }
            if start { queue.async { self.drain() } }
        }.get()
    }

    /// On the queue, so one at a time. What arrives while a transaction is being written makes up the next one.
    private func drain() {
        while true {
            let batch = state.withLock { state in
                defer { state.pending = [] }
                if state.pending.isEmpty { state.draining = false }
                return state.pending
            }
            if batch.isEmpty { return }
            write(batch)
        }
    }

    private func write(_ batch: [Request]) {
        var rows: [Database.Row] = []
        var accepted: [(request: Request, value: Value?)] = []
        var refused: [(request: Request, error: StoreError)] = []
        // Keys that this batch already changed: the next request on one of them meets that state, not the stored one.
        var changed: [String: Int64?] = [:]
        for request in batch {
            let current: Int64?
            if let known = changed[request.key] { current = known } else { current = get(request.key)?.revision.number }
            let expected: Int64? =
                switch request.expecting {
                case .absent: nil
                case .revision(let revision): revision.number
                }
            guard current == expected else {
                refused.append((request, .conflict(current: current.map { Revision($0) })))
                continue
            }
            let revision = writer.newest + Int64(rows.count) + 1
            do {
                let value = try request.bytes.map { try materialize(request.key, $0, Revision(revision)) }
                rows.append(
                    .init(
                        revision: revision, key: request.key, deleted: request.bytes == nil, value: request.bytes ?? [])
                )
                accepted.append((request, value))
                changed[request.key] = .some(request.bytes == nil ? nil : revision)
            } catch {
                refused.append((request, .failed("\(request.key): \(error)")))
            }
        }
        do throws(StoreError) {
            if !rows.isEmpty {
                try writer.append(rows)
                state.withLock { $0.failure = nil }
            }
        } catch {
            state.withLock { $0.failure = "\(error)" }
            logger.error("cannot write \(rows.count) changes: \(error)")
            for (request, _) in accepted { request.done.resume(returning: .failure(error)) }
            for (request, error) in refused { request.done.resume(returning: .failure(error)) }
            return
        }
        publish(rows, accepted.map(\.value))
        for (row, (request, value)) in zip(rows, accepted) {
            let revision = Revision(row.revision)
            let entry = value.map { Entry(key: row.key, revision: revision, value: $0) }
            request.done.resume(returning: .success((revision, entry)))
        }
        for (request, error) in refused { request.done.resume(returning: .failure(error)) }
        compactIfNeeded()
    }

    private func publish(_ rows: [Database.Row], _ values: [Value?]) {
        let wakes = state.withLock { state in
            for (row, value) in zip(rows, values) {
                let event = Self.apply(row.key, Revision(row.revision), value, to: &state.entries)
                state.window.append(
                    .init(key: row.key, revision: row.revision, event: event, bytes: row.value.count + 256))
                state.revision = row.revision
            }
            var wakes: [CheckedContinuation<Void, Never>] = []
            for (id, parked) in state.watchers {
                if rows.contains(where: { $0.key.hasPrefix(parked.prefix) }) {
                    wakes.append(parked.wake)
                    state.watchers[id] = nil
                } else {
                    // It has seen all there was for it: its place moves on, so that the window never overtakes it.
                    parked.cursor.move(to: state.window.end, revision: state.revision)
                }
            }
            return wakes
        }
        for wake in wakes { wake.resume() }
    }

    private static func apply(
        _ key: String, _ revision: Revision, _ value: Value?, to entries: inout SortedEntries<Value>
    ) -> StoreEvent<Value> {
        guard let value else { return .delete(key: key, revision: revision, previous: entries.remove(key)) }
        let entry = Entry(key: key, revision: revision, value: value)
        return .put(entry, previous: entries.set(entry))
    }

    private func compactIfNeeded() {
        let (oldest, live) = state.withLock { ($0.window.since, $0.window.end - $0.window.first) }
        do throws(StoreError) {
            try writer.compactIfNeeded(oldest: oldest, windowCount: live)
        } catch {
            // Nothing is lost: the file is larger than it could be until the next attempt.
            logger.warning("cannot compact the history: \(error)")
        }
    }
}
