import KubernetesAPI
import Synchronization
import Testing

@testable import Node

/// Pods whose node goes down.
@Suite(.timeLimit(.minutes(2)))
struct ShutdownTests {
    @Test func criticalPodsEndLast() {
        func pod(_ name: String, _ priority: Int32?) -> Pod { makePod(name) { $0.spec.priority = priority } }
        let plan = ShutdownPlan(
            [pod("a", nil), pod("b", 2_000_001_000), pod("c", 1_000_000_000), pod("d", -5), pod("e", 2_000_000_000)],
            total: .seconds(100), critical: .seconds(20))
        #expect(
            plan.groups == [
                .init(pods: ["uid-a", "uid-c", "uid-d"], grace: .seconds(80)),
                .init(pods: ["uid-b", "uid-e"], grace: .seconds(20)),
            ])
        #expect(ShutdownPlan([pod("a", 1)], total: .seconds(9), critical: .seconds(2)).groups.count == 1)
    }

    @Test("Its connections are led elsewhere, then it ends, and says why it failed")
    func drainsAndFails() async throws {
        let h = try await WorkerHarness(makePod())
        h.draining.hold()
        try await h.until("Running") { h.status.phase == "Running" }
        h.worker.inbox.put { [end = h.clock.now() + .seconds(20)] in $0.shutdown = end }
        try await h.until("draining") { h.draining.graces.count == 1 }
        #expect(h.draining.graces == [.seconds(20)], "the node's time counts where it is shorter than the pod's own")
        try await h.until("told") { h.condition("DisruptionTarget")?.reason == "TerminationByKubelet" }
        #expect(h.status.phase == "Running")
        #expect(!h.runtime.calls.contains("signal web-0 15"))
        h.draining.finish()
        try await h.until("Failed") { h.status.phase == "Failed" }
        #expect(h.runtime.calls.contains("signal web-0 15"))
        #expect(h.status.reason == "Terminated")
        #expect(h.status.message == "Pod was terminated in response to imminent node shutdown.")
        #expect(h.condition("DisruptionTarget")?.status == "True")
        #expect(h.pod != nil, "who made it decides over the object")
    }

    @Test func whoDoesNotEndIsKilledInTime() async throws {
        let h = try await WorkerHarness(makePod())
        try await h.until("Running") { h.status.phase == "Running" }
        h.runtime.state.withLock { $0.stubborn = true }
        let start = h.clock.now()
        h.worker.inbox.put { $0.shutdown = start + .seconds(5) }
        try await h.until("Failed", passing: true) { h.status.phase == "Failed" }
        #expect(h.clock.now() - start < .seconds(8))
    }
}
