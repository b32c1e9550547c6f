public import KubernetesAPI
public import Logging
import Synchronization

/// A part's own copy of one kind of object, kept up to date by a watch: list once, follow from there, list again only when
/// the revision it stopped at is compacted. Source: client-go's reflector and shared informer.
///
/// Reads never wait and may lag behind the server: a controller treats what it reads as a hint and lets the server's
/// compare-and-swap decide.
public final class Informer<T: APIObject>: Sendable {
    public typealias Handler = @Sendable (_ old: T?, _ new: T?) -> Void

    private struct State {
        var objects: [ObjectName: T] = [:]
        /// By the uid of the managing owner: what a controller asks for most.
        var owned: [String: Set<ObjectName>] = [:]
        var synced = false
        var ended = false
        var waiters: [AsyncStream<Void>.Continuation] = []
    }

    private let client: any Client
    private let options: ListOptions
    private let clock: any WallClock
    private let logger: Logger
    private let state = Mutex(State())
    /// Held while a change is made and told, so that one who comes meanwhile is told all of it and none of it twice.
    private let handlers = Mutex<[Handler]>([])

    public init(
        _ client: any Client, _ type: T.Type = T.self, options: ListOptions = ListOptions(),
        clock: any WallClock = SystemClock(), logger: Logger
    ) {
        self.client = client
        self.options = options
        self.clock = clock
        self.logger = logger
    }

    /// Called after the copy changed, in the order of revisions: `old` nil for a new object, `new` nil for a deleted one.
    /// What the copy already has is told at once, as new. The handler runs on the informer's task, must be quick, and must
    /// not call `onChange` of the same informer.
    public func onChange(_ handler: @escaping Handler) {
        handlers.withLock { handlers in
            handlers.append(handler)
            for object in list() { handler(nil, object) }
        }
    }

    public var hasSynced: Bool { state.withLock { $0.synced } }

    /// Returns once the first list is in the copy.
    /// - throws: `CancellationError` when the task, or the informer's own, ended before: half a copy, or none, is nothing to
    ///   act on.
    public func waitUntilSynced() async throws {
        let (stream, waiter) = AsyncStream.makeStream(of: Void.self)
        let waits = state.withLock { state in
            guard !state.synced, !state.ended else { return false }
            state.waiters.append(waiter)
            return true
        }
        if waits { for await _ in stream {} }
        guard hasSynced else { throw CancellationError() }
    }

    public func get(_ name: ObjectName) -> T? { state.withLock { $0.objects[name] } }

    /// In no particular order. A nil namespace means all.
    public func list(namespace: String? = nil) -> [T] {
        state.withLock { state in
            guard let namespace else { return Array(state.objects.values) }
            return state.objects.values.filter { $0.metadata.namespace == namespace }
        }
    }

    /// The objects whose managing owner (`controller: true`) has this uid.
    public func owned(by uid: String) -> [T] {
        state.withLock { state in (state.owned[uid] ?? []).compactMap { state.objects[$0] } }
    }

    private static var firstDelay: Duration { .milliseconds(50) }

    /// Lists and watches until the task is cancelled.
    public func run() async {
        var delay = Self.firstDelay
        while !Task.isCancelled {
            do {
                var revision = try await listAll()
                delay = Self.firstDelay
                // A watch that ends without an error (the server closed it) goes on where it stopped.
                while !Task.isCancelled { revision = try await follow(from: revision) }
            } catch let error as APIError where error.isExpired {
                continue
            } catch is CancellationError {
                break
            } catch {
                // Said once an outage: every kind tries again every few seconds, for as long as the server is away.
                let level: Logger.Level = delay == Self.firstDelay ? .warning : .debug
                logger.log(level: level, "cannot follow \(T.resource.plural), trying until it works: \(error)")
                do { try await clock.sleep(for: delay) } catch { break }
                delay = min(delay * 2, .seconds(5))
            }
        }
        // Nobody waits for a copy that will never come.
        state.withLock { $0.ended = true }
        dismissWaiters()
    }

    private func dismissWaiters() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
    }

    private func listAll() async throws -> String {
        let list = try await client.list(T.self, options)
        let known = state.withLock { $0.objects }
        let gone = Set(known.keys).subtracting(list.items.map(\.objectName))
        // What is gone, then what changed, then what is new: a node that was away ends what was replaced meanwhile before it
        // starts anything. One that replaced another of its name is told as that one's end too.
        for name in gone { apply(name, nil) }
        for object in list.items where known[object.objectName] != nil { apply(object.objectName, object) }
        for object in list.items where known[object.objectName] == nil { apply(object.objectName, object) }
        state.withLock { $0.synced = true }
        dismissWaiters()
        return list.resourceVersion
    }

    /// Returns the last revision seen when the server ends the watch.
    private func follow(from revision: String) async throws -> String {
        var options = options
        options.resourceVersion = revision
        var last = revision
        var received = false
        for try await event in try await client.watch(T.self, options) {
            received = true
            switch event {
            case .added(let object), .modified(let object):
                apply(object.objectName, object)
                last = object.metadata.resourceVersion ?? last
            case .deleted(let object):
                apply(object.objectName, nil)
                last = object.metadata.resourceVersion ?? last
            case .bookmark(let revision):
                last = revision
            }
        }
        // A server that ends every watch at once must not be asked in a tight loop.
        if !received { try await clock.sleep(for: .milliseconds(50)) }
        return last
    }

    private func apply(_ name: ObjectName, _ new: T?) {
        handlers.withLock { handlers in
            let old = replace(name, new)
            if old == nil, new == nil { return }
            // A list repeats what the copy already has; nobody needs to hear it twice.
            if let old, let new, old.metadata.uid == new.metadata.uid,
                old.metadata.resourceVersion == new.metadata.resourceVersion, new.metadata.resourceVersion != nil
            {
                return
            }
            for handler in handlers { handler(old, new) }
        }
    }

    /// Returns what was there.
    private func replace(_ name: ObjectName, _ new: T?) -> T? {
        state.withLock { state in
            let old = state.objects[name]
            if let owner = old?.metadata.controllerReference?.uid {
                state.owned[owner]?.remove(name)
                if state.owned[owner]?.isEmpty == true { state.owned[owner] = nil }
            }
            state.objects[name] = new
            if let owner = new?.metadata.controllerReference?.uid { state.owned[owner, default: []].insert(name) }
            return old
        }
    }
}
