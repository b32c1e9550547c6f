import Client
import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct UpdateTests {
    @Test func aStaleRevisionIsAConflict() async throws {
        let api = try await RegistryFixture()
        let first = try await api.create(ConfigMap.self, api.map("a"))
        let body = #"{"metadata":{"name":"a","resourceVersion":"\#(first.version)"},"data":{"x":"1"}}"#
        let second = try await api.send(.update, ConfigMap.self, "a", body: body)
        #expect(second.code == 200 && second["data", "x"]?.string == "1" && second.version != first.version)
        let stale = try await api.send(.update, ConfigMap.self, "a", body: body.replacing("\"1\"}}", with: "\"2\"}}"))
        #expect(stale.code == 409 && stale.reason == "Conflict")
        #expect(
            stale.message
                == #"Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again"#
        )
        let free = try await api.send(
            .update, ConfigMap.self, "a", body: #"{"metadata":{"name":"a"},"data":{"x":"3"}}"#)
        #expect(free.code == 200 && free["metadata", "uid"] == first["metadata", "uid"])
        #expect(free["metadata", "creationTimestamp"] == first["metadata", "creationTimestamp"])
    }

    @Test func anUpdateThatChangesNothingWritesNothing() async throws {
        let api = try await RegistryFixture()
        let made = try await api.create(Deployment.self, deployment("d"))
        let again = try await api.send(.update, Deployment.self, "d", body: deployment("d"))
        #expect(again.code == 200 && again.version == made.version && again.json == made.json)
        let patched = try await api.send(
            .patch, Deployment.self, "d", contentType: "application/merge-patch+json", body: #"{"spec":{"replicas":3}}"#
        )
        #expect(patched.version == made.version)
    }

    @Test func generationCountsChangesOfTheSpec() async throws {
        let api = try await RegistryFixture()
        let made = try await api.create(Deployment.self, deployment("d"))
        #expect(made["metadata", "generation"] == 1)
        let image = try await api.send(.update, Deployment.self, "d", body: deployment("d", image: "nginx:1.17"))
        #expect(image["metadata", "generation"] == 2)
        let label = try await api.send(
            .patch, Deployment.self, "d", contentType: "application/merge-patch+json",
            body: #"{"metadata":{"labels":{"x":"y"},"generation":77}}"#)
        #expect(label["metadata", "generation"] == 2 && label["metadata", "labels", "x"]?.string == "y")
    }

    @Test func statusHasItsOwnDoor() async throws {
        let api = try await RegistryFixture()
        _ = try await api.create(Deployment.self, deployment("d"))
        let status =
            #"{"metadata":{"name":"d"},"spec":{"replicas":9,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"nginx","image":"x:1"}]}}},"status":{"replicas":2}}"#
        let viaStatus = try await api.send(.update, Deployment.self, "d", .status, body: status)
        #expect(viaStatus.code == 200 && viaStatus["status", "replicas"] == 2 && viaStatus["spec", "replicas"] == 3)
        let viaMain = try await api.send(
            .update, Deployment.self, "d", body: status.replacing("\"replicas\":2", with: "\"replicas\":5"))
        #expect(viaMain["status", "replicas"] == 2 && viaMain["spec", "replicas"] == 9)
        #expect(try await api.send(.get, Deployment.self, "d", .status)["status", "replicas"] == 2)
        #expect(try await api.send(.update, ConfigMap.self, "d", .status, body: api.map("d")).code == 404)
        let patch = try await api.send(
            .patch, Deployment.self, "d", .status, contentType: "application/strategic-merge-patch+json",
            body: #"{"status":{"replicas":7},"spec":{"replicas":1}}"#)
        #expect(patch["status", "replicas"] == 7 && patch["spec", "replicas"] == 9)
    }

    @Test func whatIdentifiesAnObjectStays() async throws {
        let api = try await RegistryFixture()
        let made = try await api.create(ConfigMap.self, api.map("a"))
        let uid = try await api.send(.update, ConfigMap.self, "a", body: api.map("a", #","uid":"other""#))
        #expect(
            uid.code == 409
                && uid.message.contains(
                    "Precondition failed: UID in precondition: other, UID in object meta: \(made["metadata", "uid"]?.string ?? "")"
                ))
        let name = try await api.send(.update, ConfigMap.self, "a", body: api.map("b"))
        #expect(name.code == 400 && name.message == "the name of the object (b) does not match the name on the URL (a)")
        let time = try await api.send(
            .update, ConfigMap.self, "a", body: api.map("a", #","creationTimestamp":"2001-01-01T00:00:00Z""#))
        #expect(time.code == 422 && time.message.contains("metadata.creationTimestamp"))
        let gone = try await api.send(
            .update, ConfigMap.self, "a", body: api.map("a", #","deletionTimestamp":"2001-01-01T00:00:00Z""#))
        #expect(gone.code == 200 && gone["metadata", "deletionTimestamp"] == nil)
        #expect(try await api.send(.update, ConfigMap.self, "z", body: api.map("z")).code == 404)
    }

    @Test func concurrentWritersLoseNothing() async throws {
        let api = try await RegistryFixture()
        _ = try await api.create(ConfigMap.self, #"{"metadata":{"name":"a"},"data":{}}"#)
        let client = InProcessClient(api.registry)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<40 {
                group.addTask {
                    try await client.modify(ConfigMap.self, ObjectName(namespace: "default", "a")) { map in
                        map.data = (map.data ?? [:]).merging(["k\(index)": "v"]) { _, new in new }
                        return true
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await api.get(ConfigMap.self, "a")["data"]?.object?.count == 40)
    }

    @Test func scaleReadsAndWritesReplicas() async throws {
        let api = try await RegistryFixture()
        let made = try await api.create(Deployment.self, deployment("d"))
        let read = try await api.send(.get, Deployment.self, "d", .scale)
        #expect(read["kind"]?.string == "Scale" && read["apiVersion"]?.string == "autoscaling/v1")
        #expect(
            read["spec", "replicas"] == 3 && read["status", "selector"]?.string == "app=web"
                && read.version == made.version)
        let put = try await api.send(
            .update, Deployment.self, "d", .scale,
            body:
                #"{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"d","namespace":"default","resourceVersion":"\#(read.version)"},"spec":{"replicas":10},"status":{"replicas":0}}"#
        )
        #expect(put.code == 200 && put["spec", "replicas"] == 10)
        let whole = try await api.get(Deployment.self, "d")
        #expect(whole["spec", "replicas"] == 10 && whole["metadata", "generation"] == 2)
        let patch = try await api.send(
            .patch, Deployment.self, "d", .scale, contentType: "application/merge-patch+json",
            body: #"{"spec":{"replicas":0}}"#)
        #expect(patch.code == 200 && patch["spec", "replicas"] == nil || patch["spec", "replicas"] == 0)
        #expect(try await api.get(Deployment.self, "d")["spec", "replicas"] == 0)
        let stale = try await api.send(
            .update, Deployment.self, "d", .scale,
            body: #"{"metadata":{"name":"d","resourceVersion":"\#(read.version)"},"spec":{"replicas":1}}"#)
        #expect(stale.code == 409)
        let negative = try await api.send(
            .patch, Deployment.self, "d", .scale, contentType: "application/merge-patch+json",
            body: #"{"spec":{"replicas":-1}}"#)
        #expect(
            negative.code == 422
                && negative.message
                    == #"Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"#
        )
        #expect(try await api.send(.get, ConfigMap.self, "d", .scale).code == 404)
    }

    @Test func patchesOfEveryKind() async throws {
        let api = try await RegistryFixture()
        _ = try await api.create(Deployment.self, deployment("d"))
        func patch(_ type: String, _ body: String, query: [(String, String)] = []) async throws
            -> RegistryFixture.Answer
        {
            try await api.send(
                .patch, Deployment.self, "d", query: query, contentType: "application/\(type)", body: body)
        }
        let strategic = try await patch(
            "strategic-merge-patch+json",
            #"{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.17"}]}}}}"#)
        #expect(strategic.code == 200)
        #expect(strategic["spec", "template", "spec", "containers", "0", "image"]?.string == "nginx:1.17")
        #expect(strategic["spec", "template", "spec", "containers", "0", "imagePullPolicy"] != nil)
        let merge = try await patch("merge-patch+json", #"{"metadata":{"annotations":{"a":"b"}}}"#)
        #expect(merge["metadata", "annotations", "a"]?.string == "b")
        let json = try await patch(
            "json-patch+json",
            #"[{"op":"test","path":"/spec/replicas","value":3},{"op":"replace","path":"/spec/replicas","value":4}]"#)
        #expect(json["spec", "replicas"] == 4)
        let dry = try await patch("merge-patch+json", #"{"spec":{"replicas":8}}"#, query: [("dryRun", "All")])
        #expect(dry["spec", "replicas"] == 8)
        #expect(try await api.get(Deployment.self, "d")["spec", "replicas"] == 4)
    }

    @Test func patchesThatAreRefused() async throws {
        let api = try await RegistryFixture()
        let made = try await api.create(Deployment.self, deployment("d"))
        func patch(_ type: String, _ body: String, query: [(String, String)] = []) async throws
            -> RegistryFixture.Answer
        {
            try await api.send(
                .patch, Deployment.self, "d", query: query, contentType: "application/\(type)", body: body)
        }
        let apply = try await patch("apply-patch+yaml", "{}")
        #expect(apply.code == 415 && apply.message.contains("server-side apply is not supported by swiftlet"))
        #expect(try await patch("json", "{}").code == 415)
        #expect(try await patch("merge-patch+json", "{").code == 400)
        #expect(try await patch("merge-patch+json", "[]").code == 400)
        #expect(try await patch("json-patch+json", #"[{"op":"test","path":"/spec/replicas","value":9}]"#).code == 422)
        let strict = try await patch(
            "strategic-merge-patch+json", #"{"spec":{"replcas":1}}"#, query: [("fieldValidation", "Strict")])
        #expect(strict.code == 422 && strict.message.hasPrefix(#" "" is invalid: patch: Invalid value: "#))
        #expect(strict.message.hasSuffix(#"strict decoding error: unknown field "spec.replcas""#))
        let warn = try await patch("strategic-merge-patch+json", #"{"spec":{"replcas":1}}"#)
        #expect(warn.code == 200 && warn.warnings == [#"unknown field "spec.replcas""#])
        let stale = try await patch("merge-patch+json", #"{"metadata":{"resourceVersion":"1"}}"#)
        #expect(stale.code == 409)
        let exact = try await patch(
            "merge-patch+json", #"{"metadata":{"resourceVersion":"\#(made.version)"},"spec":{"replicas":1}}"#)
        #expect(exact.code == 200)
        #expect(try await patch("merge-patch+json", #"{"metadata":{"name":"e"}}"#).code == 400)
        let selector = try await patch("merge-patch+json", #"{"spec":{"selector":{"matchLabels":{"app":"x"}}}}"#)
        #expect(selector.code == 422)
        #expect(
            try await api.send(.patch, Deployment.self, "z", contentType: "application/merge-patch+json", body: "{}")
                .code == 404)
    }

    @Test func bindingPlacesAPodOnce() async throws {
        let api = try await RegistryFixture()
        let pod = try await api.create(Pod.self, podBody)
        func bind(_ body: String) async throws -> RegistryFixture.Answer {
            try await api.send(.create, Pod.self, "p", .binding, body: body)
        }
        let wrong = try await bind(#"{"metadata":{"name":"p","uid":"other"},"target":{"kind":"Node","name":"n"}}"#)
        #expect(wrong.code == 409)
        #expect(try await bind(#"{"metadata":{"name":"p"},"target":{"name":""}}"#).code == 422)
        let bound = try await bind(
            #"{"apiVersion":"v1","kind":"Binding","metadata":{"name":"p","uid":"\#(pod["metadata", "uid"]?.string ?? "")","annotations":{"a":"b"}},"target":{"kind":"Node","name":"n"}}"#
        )
        #expect(bound.code == 201 && bound["status"]?.string == "Success")
        let now = try await api.get(Pod.self, "p")
        #expect(now["spec", "nodeName"]?.string == "n" && now["metadata", "annotations", "a"]?.string == "b")
        #expect(
            now["status", "conditions"]?.array?.contains {
                $0["type"]?.string == "PodScheduled" && $0["status"]?.string == "True"
            } == true)
        let twice = try await bind(#"{"metadata":{"name":"p"},"target":{"name":"m"}}"#)
        #expect(twice.code == 409 && twice.message.contains(#"pod p is already assigned to node "n""#))
    }
}
