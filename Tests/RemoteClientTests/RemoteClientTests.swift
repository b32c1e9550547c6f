import APIServer
import Client
import KubernetesAPI
import Testing

@testable import RemoteClient

/// The client against the real server, over TLS on loopback.
@Suite struct RemoteClientTests {
    private func map(_ name: String, _ value: String = "1") -> ConfigMap {
        var map = ConfigMap(metadata: ObjectMeta(name: name, namespace: "default"))
        map.data = ["key": value]
        return map
    }

    @Test func everyVerbReachesTheRegistry() async throws {
        try await ServerFixture.run { server in
            let client = try await server.client()
            let made = try await client.create(map("a"))
            #expect(made.metadata.uid != nil && made.kind == "ConfigMap" && made.apiVersion == "v1")
            #expect(try await client.get(ConfigMap.self, made.objectName) == made)

            var changed = made
            changed.data = ["key": "2"]
            let updated = try await client.update(changed)
            #expect(updated.data == ["key": "2"] && updated.metadata.resourceVersion != made.metadata.resourceVersion)
            let conflict = await #expect(throws: APIError.self) { try await client.update(changed) }
            #expect(conflict?.isConflict == true)
            let twice = await #expect(throws: APIError.self) { try await client.create(map("a")) }
            #expect(twice?.isAlreadyExists == true)

            _ = try await client.create(map("b"))
            let list = try await client.list(
                ConfigMap.self, ListOptions(namespace: "default", fieldSelector: "metadata.name=b"))
            #expect(list.items.map(\.metadata.name) == ["b"] && list.items[0].kind == "ConfigMap")
            #expect(!list.resourceVersion.isEmpty)

            let wrong = await #expect(throws: APIError.self) {
                try await client.delete(ConfigMap.self, made.objectName, DeleteOptions(uid: "another"))
            }
            #expect(wrong?.isConflict == true)
            try await client.delete(ConfigMap.self, made.objectName, DeleteOptions(uid: made.metadata.uid))
            let gone = await #expect(throws: APIError.self) { try await client.get(ConfigMap.self, made.objectName) }
            #expect(gone?.isNotFound == true)
        }
    }

    @Test func statusAndBindingGoThroughTheirOwnDoors() async throws {
        try await ServerFixture.run { server in
            let client = try await server.client()
            var pod = Pod(metadata: ObjectMeta(name: "p", namespace: "default"))
            pod.spec.containers = [Container(name: "c", image: "i")]
            let made = try await client.create(pod)
            try await client.bind(pod: made.objectName, uid: made.metadata.uid ?? "", to: "n")
            #expect(try await client.get(Pod.self, made.objectName).spec.nodeName == "n")
            let written = try await client.modify(Pod.self, made.objectName, status: true) { pod in
                pod.status.phase = "Running"
                pod.metadata.labels = ["not": "taken"]
                return true
            }
            #expect(written.status.phase == "Running" && written.metadata.labels == nil)
        }
    }

    @Test func aWatchBeginsWhereTheListEndedAndSaysWhatIsCompacted() async throws {
        try await ServerFixture.run { server in
            let client = try await server.client()
            _ = try await client.create(map("before"))
            let list = try await client.list(ConfigMap.self, ListOptions(namespace: "default"))
            var options = ListOptions(namespace: "default")
            options.resourceVersion = list.resourceVersion
            var events = try await client.watch(ConfigMap.self, options).makeAsyncIterator()
            let made = try await client.create(map("a"))
            _ = try await client.modify(ConfigMap.self, made.objectName) {
                $0.data = ["key": "2"]
                return true
            }
            try await client.delete(ConfigMap.self, made.objectName, DeleteOptions())
            var seen: [String] = []
            while seen.count < 3, let event = try await events.next() {
                switch event {
                case .added(let object): seen.append("added \(object.metadata.name ?? "") \(object.kind ?? "")")
                case .modified(let object): seen.append("modified \(object.data?["key"] ?? "")")
                case .deleted(let object): seen.append("deleted \(object.metadata.name ?? "")")
                case .bookmark: continue
                }
            }
            #expect(seen == ["added a ConfigMap", "modified 2", "deleted a"])
        }
    }

    @Test func anExpiredWatchIsToldAsSuch() throws {
        let line =
            #"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","#
            + #""message":"too old resource version: 1 (5)","reason":"Expired","code":410}}"#
        let error = #expect(throws: APIError.self) { try WatchReader<ConfigMap>.event(Array(line.utf8)) }
        #expect(error?.isExpired == true && error?.description == "too old resource version: 1 (5)")
    }

    /// A server in the midst of a watch reads nothing: whoever waits for its farewell waits for NIOSSL's own limit, 5 s.
    @Test func lettingGoOfAWatchEndsIt() async throws {
        try await ServerFixture.run { server in
            let client = try await server.client()
            for n in 0..<15 {
                let (heard, hear) = AsyncStream.makeStream(of: Void.self)
                let task = Task {
                    for try await _ in try await client.watch(ConfigMap.self, ListOptions(namespace: "default")) {
                        hear.yield()
                    }
                }
                _ = try await client.create(map("a\(n)"))
                for await _ in heard { break }
                let cancelled = ContinuousClock.now
                task.cancel()
                _ = await task.result
                #expect(ContinuousClock.now - cancelled < .seconds(4), "the limit was waited for")
            }
        }
    }

    @Test func reconnectingEndsWatchesAndLetsRequestsGoOn() async throws {
        try await ServerFixture.run { server in
            let transport = try await server.transport()
            let client = RemoteClient(transport)
            let (heard, hear) = AsyncStream.makeStream(of: Void.self)
            let watch = Task {
                for try await _ in try await client.watch(ConfigMap.self, ListOptions(namespace: "default")) {
                    hear.yield()
                }
            }
            _ = try await client.create(map("a"))
            for await _ in heard { break }
            let dropped = ContinuousClock.now
            transport.reconnect()
            _ = await watch.result
            #expect(ContinuousClock.now - dropped < .seconds(4), "it ended by itself")
            #expect(try await client.get(ConfigMap.self, ObjectName(namespace: "default", "a")).metadata.name == "a")
        }
    }

    @Test func anInformerOutlivesARestartAndMissesNothing() async throws {
        try await ServerFixture.run { server in
            let informer = Informer(
                try await server.client(), ConfigMap.self, options: ListOptions(namespace: "default"), logger: quiet)
            let task = Task { await informer.run() }
            defer { task.cancel() }
            try await informer.waitUntilSynced()
            let inside = InProcessClient(server.registry)
            _ = try await inside.create(map("a"))
            #expect(try await eventually { informer.get(ObjectName(namespace: "default", "a")) != nil })
            await server.stop()
            // The agent's server is away; the world goes on.
            _ = try await inside.create(map("b"))
            try await inside.delete(ConfigMap.self, ObjectName(namespace: "default", "a"), DeleteOptions())
            #expect(informer.get(ObjectName(namespace: "default", "a")) != nil)
            try await server.start()
            #expect(
                try await eventually {
                    informer.get(ObjectName(namespace: "default", "b")) != nil
                        && informer.get(ObjectName(namespace: "default", "a")) == nil
                })
        }
    }

    @Test func aServerThatIsAwayIs503AndComesBackWithoutANewClient() async throws {
        try await ServerFixture.run { server in
            let client = try await server.client()
            _ = try await client.list(ConfigMap.self, ListOptions())
            await server.stop()
            let away = await #expect(throws: APIError.self) { try await client.list(ConfigMap.self, ListOptions()) }
            #expect(away?.code == 503 && away?.description.contains("https://127.0.0.1:") == true)
            try await server.start()
            _ = try await client.create(map("a"))
        }
    }

    @Test func manyAtOnce() async throws {
        try await ServerFixture.run { server in
            let client = try await server.client()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<50 { group.addTask { _ = try await client.create(map("m\(index)")) } }
                try await group.waitForAll()
            }
            #expect(try await client.list(ConfigMap.self, ListOptions(namespace: "default")).items.count >= 50)
        }
    }

    @Test func largeListsArriveWhole() async throws {
        try await ServerFixture.run { server in
            let client = try await server.client()
            let value = String(repeating: "x", count: 400_000)
            for index in 0..<8 { _ = try await client.create(map("l\(index)", value)) }
            let list = try await client.list(
                ConfigMap.self, ListOptions(namespace: "default", fieldSelector: "metadata.name!=kube-root-ca.crt"))
            #expect(list.items.count == 8 && list.items.allSatisfy { $0.data?["key"]?.utf8.count == 400_000 })
        }
    }
}
