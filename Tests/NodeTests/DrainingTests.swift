import KubernetesAPI
import Synchronization
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(2)))
struct DrainingTests {
    private func deletedWhileHeld(_ change: (inout Pod) -> Void = { _ in }) async throws -> WorkerHarness {
        let h = try await WorkerHarness(makePod("web", change))
        h.draining.hold()
        try await h.until("Running") { h.status.phase == "Running" }
        h.delete(grace: 30)
        try await h.until("draining") { h.draining.graces.count == 1 }
        return h
    }

    @Test func noSignalBeforeConnectionsAreLedElsewhere() async throws {
        let h = try await deletedWhileHeld()
        await h.quiet()
        #expect(!h.runtime.calls.contains("signal web-0 15"))
        #expect(h.events.messages("Killing").isEmpty)
        h.draining.finish()
        try await h.until("gone") { h.pod == nil }
        #expect(h.runtime.calls.contains("signal web-0 15"))
        #expect(h.draining.graces == [.seconds(30)])
    }

    @Test func theDrainCountsInsideTheGrace() async throws {
        let h = try await deletedWhileHeld()
        h.runtime.state.withLock { $0.stubborn = true }
        let start = h.clock.now()
        h.clock.advance(to: start + .seconds(20))
        h.draining.finish()
        try await h.until("signalled") { h.runtime.calls.contains("signal web-0 15") }
        try await h.until("gone", passing: true) { h.pod == nil }
        #expect(h.clock.now() - start < .seconds(33))
    }

    @Test func aDrainThatNeverReturnsEndsWithTheGrace() async throws {
        let h = try await deletedWhileHeld()
        try await h.until("gone", passing: true) { h.pod == nil }
        h.draining.finish()
    }

    @Test func withoutGraceNothingIsDrained() async throws {
        let h = try await deletedWhileHeld()
        h.delete(grace: 0)
        try await h.until("gone", passing: true) { h.pod == nil }
        h.draining.finish()

        let other = try await WorkerHarness(makePod())
        try await other.until("Running") { other.status.phase == "Running" }
        other.api.edit { pod in
            pod.metadata.deletionTimestamp = Time(seconds: other.clock.now().time.seconds - 1)
            pod.metadata.deletionGracePeriodSeconds = 0
        }
        try await other.until("gone", passing: true) { other.pod == nil }
        #expect(other.draining.graces.isEmpty)
    }

    @Test func containersThatEndMeanwhileNeedNoDrain() async throws {
        let h = try await deletedWhileHeld()
        h.runtime.exit(h.uid, "web-0", code: 0)
        try await h.until("gone") { h.pod == nil }
        #expect(!h.runtime.calls.contains("start web-1"))
        h.draining.finish()
    }

    /// `serving` follows the probe to the end.
    @Test func readinessIsToldWhileDraining() async throws {
        var probe = Probe()
        probe.exec = ExecAction(command: ["true"])
        probe.periodSeconds = 1
        probe.failureThreshold = 1
        let h = try await deletedWhileHeld { [probe] in $0.spec.containers[0].readinessProbe = probe }
        #expect(h.condition("Ready")?.status == "True")
        h.prober.answer.withLock { $0 = { _ in .failure("no") } }
        try await h.until("not ready", passing: true) { h.condition("Ready")?.status == "False" }
        #expect(!h.runtime.calls.contains("signal web-0 15"))
        h.draining.finish()
    }
}
