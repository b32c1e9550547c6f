import Client
import KubernetesAPI
import Testing

@testable import APIServer

@Suite(.timeLimit(.minutes(1))) struct WatchTests {
    @Test func fromARevisionOn() async throws {
        let api = try await RegistryFixture()
        let first = try await api.create(ConfigMap.self, api.map("a"))
        let watch = try api.watch(ConfigMap.self, query: [("resourceVersion", first.version)])
        let second = try await api.send(
            .update, ConfigMap.self, "a", body: #"{"metadata":{"name":"a"},"data":{"x":"1"}}"#)
        _ = try await api.create(ConfigMap.self, api.map("b"))
        _ = try await api.create(ConfigMap.self, api.map("elsewhere"), namespace: "kube-system")
        _ = try await api.send(.delete, ConfigMap.self, "a")
        let modified = try #require(try await watch.next())
        #expect(modified.type == "MODIFIED" && modified.object == second.json)
        #expect(try await watch.nextWords() == "ADDED b")
        let deleted = try #require(try await watch.next())
        #expect(deleted.type == "DELETED" && deleted.name == "a" && deleted.object["data"]?["x"]?.string == "1")
        let newest = try await api.send(.list, ConfigMap.self).version
        #expect(deleted.version == newest)
    }

    @Test(arguments: [nil, "", "0"])
    func fromTheCurrentState(version: String?) async throws {
        let api = try await RegistryFixture()
        _ = try await api.create(ConfigMap.self, api.map("a"))
        _ = try await api.create(ConfigMap.self, api.map("b"))
        let watch = try api.watch(ConfigMap.self, query: version.map { [("resourceVersion", $0)] } ?? [])
        _ = try await api.create(ConfigMap.self, api.map("c"))
        for name in ["a", "b", "c"] { #expect(try await watch.nextWords() == "ADDED \(name)") }
    }

    @Test func sendInitialEventsEndsWithAMarkedBookmark() async throws {
        let api = try await RegistryFixture()
        let made = try await api.create(ConfigMap.self, api.map("a"))
        let watch = try api.watch(
            ConfigMap.self,
            query: [
                ("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan"),
                ("allowWatchBookmarks", "true"), ("resourceVersion", made.version),
            ])
        #expect(try await watch.nextWords() == "ADDED a")
        let mark = try #require(try await watch.next())
        #expect(mark.type == "BOOKMARK" && mark.version == made.version && mark.object["kind"]?.string == "ConfigMap")
        #expect(mark.object["metadata"]?["annotations"]?["k8s.io/initial-events-end"]?.string == "true")
        #expect(throws: APIError.self) { try api.watch(ConfigMap.self, query: [("sendInitialEvents", "true")]) }
    }

    @Test func selectorsTurnChangesIntoComingAndGoing() async throws {
        let api = try await RegistryFixture()
        let start = try await api.send(.list, ConfigMap.self).version
        let watch = try api.watch(ConfigMap.self, query: [("resourceVersion", start), ("labelSelector", "on=yes")])
        for (name, on) in [("a", "no"), ("a", "yes"), ("b", "yes"), ("a", "no"), ("a", "maybe")] {
            let body = api.map(name, #","labels":{"on":"\#(on)"}"#)
            if try await api.send(.update, ConfigMap.self, name, body: body).code == 404 {
                _ = try await api.create(ConfigMap.self, body)
            }
        }
        let left = try await api.send(
            .patch, ConfigMap.self, "b", contentType: "application/merge-patch+json",
            body: #"{"metadata":{"labels":{"more":"1"}}}"#)
        _ = try await api.send(.delete, ConfigMap.self, "a")
        _ = try await api.send(.delete, ConfigMap.self, "b")
        #expect(try await watch.nextWords() == "ADDED a")
        #expect(try await watch.nextWords() == "ADDED b")
        let gone = try #require(try await watch.next())
        #expect(
            gone.type == "DELETED" && gone.name == "a" && gone.object["metadata"]?["labels"]?["on"]?.string == "yes")
        let modified = try #require(try await watch.next())
        #expect(modified.type == "MODIFIED" && modified.version == left.version)
        #expect(try await watch.nextWords() == "DELETED b")
    }

    @Test func oneObjectByItsName() async throws {
        let api = try await RegistryFixture()
        let watch = try api.watch(ConfigMap.self, name: "b")
        _ = try await api.create(ConfigMap.self, api.map("a"))
        _ = try await api.create(ConfigMap.self, api.map("b"))
        #expect(try await watch.nextWords() == "ADDED b")
    }

    @Test func bookmarksComeEveryMinuteAndTheTimeoutEndsIt() async throws {
        let api = try await RegistryFixture()
        let version = try await api.send(.list, ConfigMap.self).version
        let watch = try api.watch(
            ConfigMap.self,
            query: [("resourceVersion", version), ("allowWatchBookmarks", "true"), ("timeoutSeconds", "100")])
        while api.clock.sleeping == 0 { await Task.yield() }
        let elsewhere = try await api.create(Secret.self, api.map("s"))
        api.clock.advance(seconds: 60)
        let mark = try #require(try await watch.next())
        #expect(mark.type == "BOOKMARK" && mark.version == elsewhere.version)
        while api.clock.sleeping == 0 { await Task.yield() }
        api.clock.advance(seconds: 40)
        #expect(try await watch.nextWords() == "end")
    }

    @Test func aRevisionThatIsCompactedIsGone() async throws {
        let api = try await RegistryFixture()
        let version = try await api.create(ConfigMap.self, api.map("a")).version
        // Past the bytes that are kept: sooner there than past the number of events.
        let large = String(repeating: "x", count: 64 << 10)
        for index in 0..<150 {
            _ = try await InProcessClient(api.registry).modify(ConfigMap.self, ObjectName(namespace: "default", "a")) {
                $0.data = ["n": "\(index)", "large": large]
                return true
            }
        }
        let gone = try await api.send(.watch, ConfigMap.self, query: [("resourceVersion", version)])
        #expect(
            gone.code == 410 && gone.reason == "Expired"
                && gone.message.hasPrefix("too old resource version: \(version) ("))
        #expect(try await api.send(.watch, ConfigMap.self, query: [("resourceVersion", "soon")]).code == 400)
    }

    @Test func tablesTellTheirColumnsOnce() async throws {
        let api = try await RegistryFixture()
        _ = try await api.create(ConfigMap.self, api.map("a"))
        _ = try await api.create(ConfigMap.self, api.map("b"))
        let watch = try api.watch(
            ConfigMap.self, accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
        let first = try #require(try await watch.next())
        #expect(first.object["kind"]?.string == "Table" && first.object["columnDefinitions"]?.array?.isEmpty == false)
        let second = try #require(try await watch.next())
        #expect(second.object["columnDefinitions"] == .array([]))
        #expect(second.object["rows"]?.array?.first?["object"]?["metadata"]?["name"]?.string == "b")
    }

    @Test func closingEndsEveryWatch() async throws {
        let api = try await RegistryFixture()
        let watch = try api.watch(ConfigMap.self)
        await api.registry.close()
        #expect(try await watch.nextWords() == "end")
        let late = try await api.create(ConfigMap.self, api.map("a"))
        #expect(late.code == 503)
    }

    @Test func theClientOfThisProcessSeesTheSame() async throws {
        let api = try await RegistryFixture()
        let client = InProcessClient(api.registry)
        let start = try await client.list(ConfigMap.self, ListOptions(namespace: "default")).resourceVersion
        var events = try await client.watch(ConfigMap.self, ListOptions(namespace: "default", resourceVersion: start))
            .makeAsyncIterator()
        let made = try await client.create(ConfigMap(metadata: ObjectMeta(name: "a", namespace: "default")))
        var changed = made
        changed.data = ["k": "v"]
        let updated = try await client.update(changed)
        await #expect(throws: APIError.self) { try await client.update(changed) }
        try await client.delete(ConfigMap.self, made.objectName, DeleteOptions(uid: made.metadata.uid))
        guard case .added(let first) = try await events.next(), case .modified(let second) = try await events.next(),
            case .deleted(let third) = try await events.next()
        else {
            Issue.record("other events came")
            return
        }
        #expect(first == made && second == updated)
        #expect(third.data == ["k": "v"] && third.metadata.resourceVersion != updated.metadata.resourceVersion)
        #expect(
            made.metadata.resourceVersion != nil && updated.metadata.resourceVersion != made.metadata.resourceVersion)
    }
}
