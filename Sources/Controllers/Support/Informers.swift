import Client
import KubernetesAPI
import Logging
import Synchronization

/// One copy of each kind for all controllers, made when the first of them asks for it.
final class Informers: Sendable {
    private struct Entry {
        var informer: any Sendable
        var run: @Sendable () async -> Void
        var synced: @Sendable () async -> Void
    }

    private let client: any Client
    private let clock: any WallClock
    private let logger: Logger
    private let entries = Mutex<[String: Entry]>([:])

    init(client: any Client, clock: any WallClock, logger: Logger) {
        self.client = client
        self.clock = clock
        self.logger = logger
    }

    func callAsFunction<T: APIObject>(_ type: T.Type) -> Informer<T> {
        entries.withLock { entries in
            if let known = entries[T.resource.qualifiedPlural]?.informer as? Informer<T> { return known }
            let informer = Informer(client, type, clock: clock, logger: logger)
            entries[T.resource.qualifiedPlural] = Entry(
                informer: informer, run: { await informer.run() }, synced: { await informer.waitUntilSynced() })
            return informer
        }
    }

    /// Follows all kinds asked for so far until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for entry in entries.withLock({ Array($0.values) }) { group.addTask { await entry.run() } }
        }
    }

    /// Returns once every copy is complete: a decision made from half a copy would create what exists.
    func waitUntilSynced() async {
        for entry in entries.withLock({ Array($0.values) }) { await entry.synced() }
    }
}
