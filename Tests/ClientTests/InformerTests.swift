import KubernetesAPI
import Logging
import Synchronization
import Testing

@testable import Client

/// A server of config maps that the test drives by hand.
private final class ScriptedClient: Client {
    struct State {
        var lists: [ObjectList<ConfigMap>] = []
        var watches: [AsyncThrowingStream<WatchEvent<ConfigMap>, any Error>.Continuation] = []
        var watchedFrom: [String] = []
    }
    let state = Mutex(State())

    func list<T: APIObject>(_ type: T.Type, _ options: ListOptions) async throws -> ObjectList<T> {
        let next = state.withLock { $0.lists.isEmpty ? nil : $0.lists.removeFirst() }
        guard let list = next as? ObjectList<T> else {
            throw APIError(code: 503, reason: "ServiceUnavailable", message: "not now")
        }
        return list
    }

    func watch<T: APIObject>(_ type: T.Type, _ options: ListOptions) async throws
        -> AsyncThrowingStream<WatchEvent<T>, any Error>
    {
        let (stream, continuation) = AsyncThrowingStream<WatchEvent<ConfigMap>, any Error>.makeStream()
        state.withLock {
            $0.watches.append(continuation)
            $0.watchedFrom.append(options.resourceVersion ?? "")
        }
        let opaque: any Sendable = stream
        guard let typed = opaque as? AsyncThrowingStream<WatchEvent<T>, any Error> else {
            fatalError("config maps only")
        }
        return typed
    }

    /// Waits for the informer's nth watch.
    func watch(_ number: Int) async -> AsyncThrowingStream<WatchEvent<ConfigMap>, any Error>.Continuation {
        while true {
            if let found = state.withLock({ $0.watches.count > number ? $0.watches[number] : nil }) { return found }
            await Task.yield()
        }
    }

    func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) async throws -> T {
        throw APIError.notFound(T.resource, name.name)
    }
    func create<T: APIObject>(_ object: T) async throws -> T { object }
    func update<T: APIObject>(_ object: T) async throws -> T { object }
    func updateStatus<T: APIObject>(_ object: T) async throws -> T { object }
    func delete<T: APIObject>(_ type: T.Type, _ name: ObjectName, _ options: DeleteOptions) async throws {}
    func bind(pod: ObjectName, uid: String, to node: String) async throws {}
}

private func map(_ name: String, _ revision: String, owner: String? = nil) -> ConfigMap {
    var meta = ObjectMeta(name: name, namespace: "default")
    meta.uid = "uid-\(name)"
    meta.resourceVersion = revision
    if let owner {
        meta.ownerReferences = [OwnerReference(apiVersion: "v1", kind: "X", name: "x", uid: owner, controller: true)]
    }
    return ConfigMap(metadata: meta)
}

@Suite(.timeLimit(.minutes(1))) struct InformerTests {
    private let client = ScriptedClient()
    private let changes = ChangeLog()

    final class ChangeLog: Sendable {
        let lines = Mutex([String]())
        func wait(for count: Int) async {
            while lines.withLock({ $0.count }) < count { await Task.yield() }
        }
    }

    private func started() -> (Informer<ConfigMap>, Task<Void, Never>) {
        let informer = Informer(client, ConfigMap.self, logger: Logger(label: "test"))
        informer.onChange { [changes] old, new in
            changes.lines.withLock {
                $0.append(
                    "\(old?.metadata.resourceVersion ?? "-") \(new?.metadata.name ?? old?.metadata.name ?? "") \(new?.metadata.resourceVersion ?? "-")"
                )
            }
        }
        return (informer, Task { await informer.run() })
    }

    @Test func listsThenFollows() async throws {
        client.state.withLock { $0.lists = [ObjectList(items: [map("a", "1", owner: "o")], resourceVersion: "5")] }
        let (informer, task) = started()
        try await informer.waitUntilSynced()
        #expect(informer.get(ObjectName(namespace: "default", "a"))?.metadata.resourceVersion == "1")
        #expect(informer.owned(by: "o").count == 1)
        let watch = await client.watch(0)
        #expect(client.state.withLock { $0.watchedFrom } == ["5"])
        watch.yield(.added(map("b", "6", owner: "o")))
        watch.yield(.modified(map("a", "7")))
        watch.yield(.deleted(map("b", "8")))
        await changes.wait(for: 4)
        #expect(changes.lines.withLock { $0 } == ["- a 1", "- b 6", "1 a 7", "6 b -"])
        #expect(informer.owned(by: "o").isEmpty)
        #expect(informer.list(namespace: "other").isEmpty && informer.list().count == 1)
        task.cancel()
        watch.finish()
        await task.value
    }

    @Test func goesOnWhereAClosedWatchStopped() async {
        client.state.withLock { $0.lists = [ObjectList(items: [], resourceVersion: "5")] }
        let (_, task) = started()
        let first = await client.watch(0)
        first.yield(.added(map("a", "6")))
        first.yield(.bookmark(resourceVersion: "9"))
        first.finish()
        let second = await client.watch(1)
        #expect(client.state.withLock { $0.watchedFrom } == ["5", "9"])
        task.cancel()
        second.finish()
        await task.value
    }

    @Test func listsAgainAfterCompactionAndTellsOnlyWhatDiffers() async {
        client.state.withLock {
            $0.lists = [
                ObjectList(items: [map("a", "1"), map("b", "2"), map("c", "3")], resourceVersion: "5"),
                ObjectList(items: [map("a", "1"), map("b", "8")], resourceVersion: "9"),
            ]
        }
        let (informer, task) = started()
        let first = await client.watch(0)
        first.finish(throwing: APIError(code: 410, reason: "Expired", message: "too old"))
        let second = await client.watch(1)
        #expect(changes.lines.withLock { $0.suffix(2) } == ["3 c -", "2 b 8"], "what is gone comes first")
        #expect(changes.lines.withLock { $0.count } == 5)
        #expect(informer.list().count == 2)
        task.cancel()
        second.finish()
        await task.value
    }

    @Test func whoComesLateIsToldWhatIsThere() async throws {
        client.state.withLock { $0.lists = [ObjectList(items: [map("a", "1"), map("b", "2")], resourceVersion: "5")] }
        let (informer, task) = started()
        try await informer.waitUntilSynced()
        let late = Mutex([String]())
        informer.onChange { old, new in
            late.withLock { $0.append("\(old == nil ? "new" : "known") \(new?.metadata.name ?? "none")") }
        }
        #expect(late.withLock { $0.sorted() } == ["new a", "new b"])
        let watch = await client.watch(0)
        watch.yield(.modified(map("b", "6")))
        await changes.wait(for: 3)
        #expect(late.withLock { $0.last } == "known b")
        task.cancel()
        watch.finish()
        await task.value
    }

    @Test func whoWaitsForACopyThatWillNeverComeIsTold() async throws {
        let informer = Informer(client, ConfigMap.self, logger: Logger(label: "test"))
        let waiting = Task { try await informer.waitUntilSynced() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        // The informer ends first.
        let other = Task { try await informer.waitUntilSynced() }
        let running = Task { await informer.run() }
        running.cancel()
        await #expect(throws: CancellationError.self) { try await other.value }
    }

    @Test func partsShareOneCopyOfASelection() async throws {
        let list = ObjectList(items: [map("a", "1")], resourceVersion: "5")
        client.state.withLock { $0.lists = [list, list, list] }
        let informers = Informers(client, logger: Logger(label: "test"))
        let task = Task { await informers.run() }
        // Asked for while they run.
        let first = informers(ConfigMap.self)
        #expect(first === informers(ConfigMap.self))
        #expect(first !== informers(ConfigMap.self, ListOptions(labelSelector: "app=web")))
        #expect(first !== informers(ConfigMap.self, ListOptions(namespace: "default")))
        try await informers.waitUntilSynced()
        #expect(first.list().count == 1)
        task.cancel()
        for index in 0..<3 { await client.watch(index).finish() }
        await task.value
    }
}
