import Client
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct DeleteTests {
    private func boundPod(_ api: RegistryFixture) async throws -> RegistryFixture.Answer {
        _ = try await api.create(Pod.self, podBody)
        try await InProcessClient(api.registry).bind(
            pod: ObjectName(namespace: "default", "p"),
            uid: try await api.get(Pod.self, "p")["metadata", "uid"]?.string ?? "", to: "n")
        return try await api.get(Pod.self, "p")
    }

    @Test func mostObjectsGoAtOnce() async throws {
        let api = try await RegistryFixture()
        let made = try await api.create(ConfigMap.self, api.map("a"))
        let dry = try await api.send(.delete, ConfigMap.self, "a", query: [("dryRun", "All")])
        #expect(dry.code == 200)
        let gone = try await api.send(
            .delete, ConfigMap.self, "a",
            body: #"{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}"#)
        #expect(gone.code == 200 && gone["kind"]?.string == "Status" && gone["status"]?.string == "Success")
        #expect(gone["details", "name"]?.string == "a" && gone["details", "uid"] == made["metadata", "uid"])
        #expect(gone["details", "kind"]?.string == "configmaps" && gone["details", "group"] == nil)
        let missing = try await api.send(.delete, ConfigMap.self, "a")
        #expect(missing.code == 404 && missing.message == #"configmaps "a" not found"#)
    }

    @Test func preconditionsHold() async throws {
        let api = try await RegistryFixture()
        let made = try await api.create(ConfigMap.self, api.map("a"))
        let uid = try await api.send(.delete, ConfigMap.self, "a", body: #"{"preconditions":{"uid":"x"}}"#)
        #expect(uid.code == 409 && uid.message.contains("Precondition failed: UID in precondition: x"))
        let version = try await api.send(
            .delete, ConfigMap.self, "a", body: #"{"preconditions":{"resourceVersion":"1"}}"#)
        #expect(
            version.code == 409 && version.message.contains("Precondition failed: ResourceVersion in precondition: 1"))
        let right =
            #"{"preconditions":{"uid":"\#(made["metadata", "uid"]?.string ?? "")","resourceVersion":"\#(made.version)"}}"#
        #expect(try await api.send(.delete, ConfigMap.self, "a", body: right).code == 200)
    }

    @Test func aPodWithoutANodeGoesAtOnce() async throws {
        let api = try await RegistryFixture()
        _ = try await api.create(Pod.self, podBody)
        #expect(try await api.send(.delete, Pod.self, "p").code == 200)
        #expect(try await api.get(Pod.self, "p").code == 404)
    }

    @Test func aRunningPodGetsItsGraceWhichMayOnlyShorten() async throws {
        let api = try await RegistryFixture()
        _ = try await boundPod(api)
        let marked = try await api.send(.delete, Pod.self, "p")
        #expect(marked.code == 200 && marked["kind"]?.string == "Pod")
        #expect(marked["metadata", "deletionGracePeriodSeconds"] == 30)
        #expect(marked["metadata", "deletionTimestamp"]?.string == "2027-01-15T08:00:30Z")
        api.clock.advance(seconds: 3)
        let again = try await api.send(.delete, Pod.self, "p")
        #expect(again.version == marked.version)
        let longer = try await api.send(.delete, Pod.self, "p", query: [("gracePeriodSeconds", "60")])
        #expect(longer.version == marked.version)
        let shorter = try await api.send(.delete, Pod.self, "p", body: #"{"gracePeriodSeconds":5}"#)
        #expect(shorter["metadata", "deletionGracePeriodSeconds"] == 5)
        #expect(shorter["metadata", "deletionTimestamp"]?.string == "2027-01-15T08:00:05Z")
        #expect(try await api.get(Pod.self, "p").code == 200)
        let now = try await api.send(.delete, Pod.self, "p", body: #"{"gracePeriodSeconds":0}"#)
        #expect(now.code == 200)
        #expect(try await api.get(Pod.self, "p").code == 404)
    }

    @Test func aFinishedPodGoesAtOnceAndFinalizersHoldIt() async throws {
        let api = try await RegistryFixture()
        _ = try await boundPod(api)
        _ = try await api.send(
            .patch, Pod.self, "p", .status, contentType: "application/merge-patch+json",
            body: #"{"status":{"phase":"Succeeded"}}"#)
        _ = try await api.send(
            .patch, Pod.self, "p", contentType: "application/merge-patch+json",
            body: #"{"metadata":{"finalizers":["example.com/hold"]}}"#)
        let held = try await api.send(.delete, Pod.self, "p")
        #expect(held["metadata", "deletionTimestamp"] != nil && held["metadata", "deletionGracePeriodSeconds"] == 0)
        let added = try await api.send(
            .patch, Pod.self, "p", contentType: "application/merge-patch+json",
            body: #"{"metadata":{"finalizers":["example.com/hold","example.com/more"]}}"#)
        #expect(added.code == 422)
        let free = try await api.send(
            .patch, Pod.self, "p", contentType: "application/json-patch+json",
            body: #"[{"op":"remove","path":"/metadata/finalizers"}]"#)
        #expect(free.code == 200)
        #expect(try await api.get(Pod.self, "p").code == 404)
    }

    @Test func propagationLeavesWordForTheGarbageCollector() async throws {
        let api = try await RegistryFixture()
        _ = try await api.create(Deployment.self, deployment("d"))
        let foreground = try await api.send(.delete, Deployment.self, "d", body: #"{"propagationPolicy":"Foreground"}"#)
        #expect(
            foreground["metadata", "finalizers", "0"]?.string == "foregroundDeletion"
                && foreground["metadata", "deletionTimestamp"] != nil)
        #expect(foreground["metadata", "generation"] == 2)
        let orphan = try await api.send(.delete, Deployment.self, "d", query: [("propagationPolicy", "Orphan")])
        #expect(orphan["metadata", "finalizers"]?.array == ["orphan"])
        _ = try await api.send(.delete, Deployment.self, "d", body: #"{"propagationPolicy":"Background"}"#)
        #expect(try await api.get(Deployment.self, "d").code == 404)
        #expect(
            try await api.send(.delete, Deployment.self, "d", query: [("propagationPolicy", "Sideways")]).code == 400)
    }

    @Test func namespacesGoByPhases() async throws {
        let api = try await RegistryFixture()
        _ = try await api.send(.create, Namespace.self, body: api.map("blue"))
        _ = try await api.create(ConfigMap.self, api.map("a"), namespace: "blue")
        let going = try await api.send(.delete, Namespace.self, "blue")
        #expect(going["status", "phase"]?.string == "Terminating" && going["metadata", "deletionTimestamp"] != nil)
        let refused = try await api.create(ConfigMap.self, api.map("b"), namespace: "blue")
        #expect(
            refused.code == 403
                && refused.message
                    == #"configmaps "b" is forbidden: unable to create new content in namespace blue because it is being terminated"#
        )
        #expect(refused["details", "causes", "0", "reason"]?.string == "NamespaceTerminating")
        #expect(try await api.send(.delete, ConfigMap.self, "a", namespace: "blue").code == 200)
        #expect(try await api.get(Namespace.self, "blue").code == 200)
        let done = try await api.send(
            .update, Namespace.self, "blue", .finalize, body: #"{"metadata":{"name":"blue"},"spec":{"finalizers":[]}}"#)
        #expect(done.code == 200)
        #expect(try await api.get(Namespace.self, "blue").code == 404)
        let immortal = try await api.send(.delete, Namespace.self, "default")
        #expect(
            immortal.code == 403
                && immortal.message == #"namespaces "default" is forbidden: this namespace may not be deleted"#)
    }

    @Test func theControllersWayToFinalizeANamespace() async throws {
        let api = try await RegistryFixture()
        let client = InProcessClient(api.registry)
        _ = try await client.create(Namespace(metadata: ObjectMeta(name: "red")))
        var early = try await client.get(Namespace.self, ObjectName("red"))
        early.spec.finalizers = nil
        #expect(try await client.update(early).spec.finalizers == ["kubernetes"])
        try await client.delete(Namespace.self, ObjectName("red"), DeleteOptions())
        var namespace = try await client.get(Namespace.self, ObjectName("red"))
        namespace.spec.finalizers = nil
        _ = try await client.update(namespace)
        await #expect(throws: APIError.self) { try await client.get(Namespace.self, ObjectName("red")) }
    }

    @Test func collectionsGoBySelector() async throws {
        let api = try await RegistryFixture()
        for name in ["a", "b", "c"] {
            _ = try await api.create(ConfigMap.self, api.map(name, #","labels":{"keep":"\#(name == "b")"}"#))
        }
        let gone = try await api.send(.deletecollection, ConfigMap.self, query: [("labelSelector", "keep!=true")])
        #expect(gone.code == 200 && gone.names() == ["a", "c"])
        #expect(try await api.send(.list, ConfigMap.self).names() == ["b"])
    }

    @Test func evictionIsAGracefulDelete() async throws {
        let api = try await RegistryFixture()
        _ = try await boundPod(api)
        let answer = try await api.send(
            .create, Pod.self, "p", .eviction,
            body:
                #"{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p","namespace":"default"},"deleteOptions":{"gracePeriodSeconds":7}}"#
        )
        #expect(answer.code == 201)
        #expect(try await api.get(Pod.self, "p")["metadata", "deletionGracePeriodSeconds"] == 7)
    }
}

@Suite struct ExpiryTests {
    @Test func eventsGoAnHourAfterTheyWereLastSeen() async throws {
        let api = try await RegistryFixture()
        let client = InProcessClient(api.registry)
        func make(_ name: String) async throws {
            let event = Event(
                metadata: ObjectMeta(name: name, namespace: "default"),
                involvedObject: ObjectReference(kind: "Pod", namespace: "default", name: "p"),
                firstTimestamp: api.clock.now().time, lastTimestamp: api.clock.now().time)
            _ = try await client.create(event)
        }
        try await make("old")
        try await make("again")
        api.clock.advance(seconds: 3000)
        let now = api.clock.now().time
        try await client.modify(Event.self, ObjectName(namespace: "default", "again")) {
            $0.lastTimestamp = now
            return true
        }
        api.clock.advance(seconds: 500)
        try await make("new")
        #expect(try await api.send(.list, Event.self).names() == ["again", "new", "old"])
        api.clock.advance(seconds: 101)
        try await make("last")
        #expect(try await api.send(.list, Event.self).names() == ["again", "last", "new"])
    }
}
