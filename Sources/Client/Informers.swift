public import KubernetesAPI
public import Logging
import Synchronization

/// One copy of each kind for all parts that share these, made when the first of them asks for it: a change is sent,
/// decoded and kept once, however many look at it. Source: client-go's shared informer factory.
public final class Informers: Sendable {
    /// What a copy is of.
    private struct Selection: Hashable {
        var kind: String
        var namespace: String?
        var labels: String?
        var fields: String?
    }

    private struct Entry {
        var informer: any Sendable
        var synced: @Sendable () async throws -> Void
    }

    public let client: any Client
    private let clock: any WallClock
    private let logger: Logger
    private let entries = Mutex<[Selection: Entry]>([:])
    /// Copies that were asked for, to be followed.
    private let asked: AsyncStream<@Sendable () async -> Void>
    private let ask: AsyncStream<@Sendable () async -> Void>.Continuation

    public init(_ client: any Client, clock: any WallClock = SystemClock(), logger: Logger) {
        self.client = client
        self.clock = clock
        self.logger = logger
        (asked, ask) = AsyncStream.makeStream()
    }

    /// The copy of these objects; empty until `run` has followed it for a moment.
    public func callAsFunction<T: APIObject>(_ type: T.Type, _ options: ListOptions = ListOptions()) -> Informer<T> {
        let selection = Selection(
            kind: T.resource.qualifiedPlural, namespace: options.namespace, labels: options.labelSelector,
            fields: options.fieldSelector)
        return entries.withLock { entries in
            if let known = entries[selection]?.informer as? Informer<T> { return known }
            let informer = Informer(client, type, options: options, clock: clock, logger: logger)
            entries[selection] = Entry(informer: informer, synced: { try await informer.waitUntilSynced() })
            ask.yield { await informer.run() }
            return informer
        }
    }

    /// Follows all that is asked for, before and after, until the task is cancelled. Once only.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for await follow in asked { group.addTask { await follow() } }
        }
    }

    /// Returns once every copy asked for so far is complete: a decision made from half a copy would create what exists.
    /// - throws: `CancellationError` when that will never be.
    public func waitUntilSynced() async throws {
        for entry in entries.withLock({ Array($0.values) }) { try await entry.synced() }
    }
}
