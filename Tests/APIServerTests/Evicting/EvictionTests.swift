import KubernetesAPI
import Testing

@testable import APIServer

@Suite struct EvictionTests {
    /// Running and ready pods of one application, and what a budget's controller would have said of them.
    private func fixture(
        pods: Int = 2, allowed: Int, healthy: Int = 2, desired: Int = 1, phase: String = "Running",
        ready: Bool = true, policy: String = "IfHealthyBudget"
    ) async throws -> RegistryFixture {
        let api = try await RegistryFixture()
        for index in 0..<pods {
            let body = podBody.replacing(#""name":"p""#, with: #""name":"p\#(index)""#)
                .replacing(#""containers""#, with: #""nodeName":"n","containers""#)
            #expect(try await api.create(Pod.self, body).code == 201)
            let status =
                #"{"metadata":{"name":"p\#(index)"},"status":{"phase":"\#(phase)","conditions":[{"type":"Ready","status":"\#(ready ? "True" : "False")"}]}}"#
            #expect(try await api.send(.update, Pod.self, "p\(index)", .status, body: status).code == 200)
        }
        let spec =
            #"{"minAvailable":\#(desired),"selector":{"matchLabels":{"app":"web"}},"unhealthyPodEvictionPolicy":"\#(policy)"}"#
        #expect(
            try await api.create(PodDisruptionBudget.self, #"{"metadata":{"name":"web"},"spec":\#(spec)}"#).code == 201)
        let status =
            #"{"metadata":{"name":"web"},"spec":\#(spec),"status":{"observedGeneration":1,"disruptionsAllowed":\#(allowed),"currentHealthy":\#(healthy),"desiredHealthy":\#(desired),"expectedPods":2}}"#
        #expect(
            try await api.send(.update, PodDisruptionBudget.self, "web", .status, body: status).code == 200)
        return api
    }

    private func evict(
        _ api: RegistryFixture, _ name: String = "p0", version: String = "policy/v1", options: String = "",
        query: [(String, String)] = []
    ) async throws -> RegistryFixture.Answer {
        try await api.send(
            .create, Pod.self, name, .eviction, query: query,
            body: #"{"apiVersion":"\#(version)","kind":"Eviction","metadata":{"name":"\#(name)"}\#(options)}"#)
    }

    private func allowed(_ api: RegistryFixture) async throws -> JSONValue? {
        try await api.get(PodDisruptionBudget.self, "web")["status", "disruptionsAllowed"]
    }

    @Test(
        "Both versions evict, the budget counts down, and the pod says why it goes", arguments: EvictionBody.apiVersions
    )
    func evicts(version: String) async throws {
        let api = try await fixture(allowed: 1)
        let answer = try await evict(api, version: version)
        #expect(answer.code == 201)
        #expect(answer.json["status"] == "Success")
        let pod = try await api.get(Pod.self, "p0")
        #expect(pod["metadata", "deletionTimestamp"] != nil)
        let reasons = pod["status", "conditions"]?.array?.compactMap { $0["reason"]?.string }
        #expect(reasons == ["EvictionByEvictionAPI"])
        let budget = try await api.get(PodDisruptionBudget.self, "web")
        #expect(budget["status", "disruptionsAllowed"] == 0)
        #expect(budget["status", "disruptedPods", "p0"] != nil)

        let second = try await evict(api, "p1", version: version)
        #expect(second.code == 429)
        #expect(second.message == "Cannot evict pod as it would violate the pod's disruption budget.")
        #expect(second["details", "causes", "0", "reason"] == "DisruptionBudget")
        #expect(try await api.get(Pod.self, "p1")["metadata", "deletionTimestamp"] == nil)
    }

    @Test("Of many evictions at once exactly as many succeed as are allowed")
    func atOnce() async throws {
        let api = try await fixture(pods: 20, allowed: 7, healthy: 20)
        let codes = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<20 { group.addTask { try await evict(api, "p\(index)").code } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count { $0 == 201 } == 7)
        #expect(codes.count { $0 == 429 } == 13)
        #expect(try await allowed(api) == 0)
    }

    @Test("A dry run takes nothing and deletes nothing")
    func dryRun() async throws {
        let api = try await fixture(allowed: 1)
        #expect(try await evict(api, options: #","deleteOptions":{"dryRun":["All"]}"#).code == 201)
        #expect(try await evict(api, query: [("dryRun", "All")]).code == 201)
        #expect(try await allowed(api) == 1)
        #expect(try await api.get(Pod.self, "p0")["metadata", "deletionTimestamp"] == nil)
    }

    @Test(
        "Pods that have not begun, have ended or are going need no leave",
        arguments: ["Pending", "Succeeded", "Failed"])
    func needsNoLeave(phase: String) async throws {
        let api = try await fixture(allowed: 0, phase: phase)
        #expect(try await evict(api).code == 201)
        #expect(try await evict(api).code == (phase == "Pending" ? 201 : 404))
    }

    @Test("An unhealthy pod goes while enough others are healthy, or always where the budget says so")
    func unhealthy() async throws {
        let enough = try await fixture(allowed: 0, healthy: 1, desired: 1, ready: false)
        #expect(try await evict(enough).code == 201)
        #expect(try await allowed(enough) == 0)
        let short = try await fixture(allowed: 0, healthy: 0, desired: 1, ready: false)
        #expect(try await evict(short).code == 429)
        let always = try await fixture(allowed: 0, healthy: 0, desired: 1, ready: false, policy: "AlwaysAllow")
        #expect(try await evict(always).code == 201)
    }

    @Test("Who evicts a pod at one revision is told that it has another one now, at once")
    func precondition() async throws {
        let api = try await fixture(allowed: 0, phase: "Pending")
        let stale = try await evict(api, options: #","deleteOptions":{"preconditions":{"resourceVersion":"1"}}"#)
        #expect(stale.code == 409)
        #expect(try await api.get(Pod.self, "p0")["metadata", "deletionTimestamp"] == nil)
        let revision = try await api.get(Pod.self, "p0")["metadata", "resourceVersion"]?.string ?? ""
        let fresh = try await evict(
            api, options: #","deleteOptions":{"preconditions":{"resourceVersion":"\#(revision)"}}"#)
        #expect(fresh.code == 201)
    }

    @Test func badInput() async throws {
        let api = try await fixture(allowed: 2)
        #expect(try await evict(api, "nobody").code == 404)
        let other = try await api.send(
            .create, Pod.self, "p0", .eviction,
            body: #"{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p1"}}"#)
        #expect(other.code == 400)
        #expect(other.message == "name in URL does not match name in Eviction object")
        let version = try await evict(api, version: "policy/v2")
        #expect(version.code == 400)
        #expect(
            version.message
                == "the API version in the data (policy/v2) does not match the expected API version (policy/v1)")
        let uid = try await evict(api, options: #","deleteOptions":{"preconditions":{"uid":"other"}}"#)
        #expect(uid.code == 409)
        let grace = try await evict(api, options: #","deleteOptions":{"gracePeriodSeconds":-1}"#)
        #expect(grace.code == 400)
        #expect(try await allowed(api) == 2, "what is refused costs nothing")

        #expect(
            try await api.create(
                PodDisruptionBudget.self,
                #"{"metadata":{"name":"all"},"spec":{"minAvailable":1,"selector":{}}}"#
            ).code == 201)
        let ambiguous = try await evict(api)
        #expect(ambiguous.code == 500)
        #expect(
            ambiguous.message
                == "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")
    }
}
