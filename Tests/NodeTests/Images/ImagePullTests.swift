import ContainerRuntime
import KubernetesAPI
import Synchronization
import Testing

@testable import Node

/// Pulls as a pod worker makes them: states and events in Kubernetes' words.
@Suite struct ImagePullTests {
    private func container(_ image: String, _ policy: String?) -> Container {
        var container = Container(name: "web", image: image)
        container.imagePullPolicy = policy
        return container
    }

    @Test func anImageOfTheClusterIsPulledAndRuns() async throws {
        let images = FakeImages()
        images.state.withLock { $0.cluster["web:2"] = ResolvedImage(id: "sha256:2", cmd: ["/web"]) }
        let h = try await WorkerHarness(makePod(containers: [container("web:2", "IfNotPresent")]), images: images)
        try await h.until("Running") { h.status.phase == "Running" }
        #expect(images.state.withLock(\.pulls) == ["web:2"])
        #expect(h.events.messages("Pulling") == ["Pulling image \"web:2\""])
        #expect(
            h.events.messages("Pulled") == [
                "Successfully pulled image \"web:2\" in 1.5s (1m2s including waiting). Image size: 1000 bytes."
            ])
        #expect(h.container()?.imageID.contains("sha256:2") == true)
        let waiting = h.api.statuses.compactMap { $0.containerStatuses?.first?.state.waiting?.reason }
        #expect(Set(waiting).isSubset(of: ["ContainerCreating"]), "\(waiting)")
    }

    @Test func ifNotPresentTakesWhatIsHere() async throws {
        let images = FakeImages()
        images.state.withLock { $0.cluster["nginx"] = ResolvedImage(id: "sha256:new", cmd: ["/new"]) }
        let h = try await WorkerHarness(makePod(containers: [container("nginx", "IfNotPresent")]), images: images)
        try await h.until("Running") { h.status.phase == "Running" }
        #expect(images.state.withLock(\.pulls) == [])
        #expect(h.events.messages("Pulled") == ["Container image \"nginx\" already present on machine"])
    }

    @Test func alwaysTakesWhatTheClusterHas() async throws {
        let images = FakeImages()
        images.state.withLock { $0.cluster["nginx"] = ResolvedImage(id: "sha256:new", cmd: ["/new"]) }
        let h = try await WorkerHarness(makePod(containers: [container("nginx", "Always")]), images: images)
        try await h.until("Running") { h.status.phase == "Running" }
        #expect(images.state.withLock(\.pulls) == ["nginx"])
        let config = h.runtime.state.withLock { $0.sandboxes["uid-web"]?.containers["web-0"]?.config }
        #expect(config?.command == ["/new"])
    }

    @Test func neverAsksNobody() async throws {
        let images = FakeImages()
        images.state.withLock { $0.cluster["web:2"] = ResolvedImage(id: "sha256:2", cmd: ["/web"]) }
        let h = try await WorkerHarness(makePod(containers: [container("web:2", "Never")]), images: images)
        try await h.until("ErrImageNeverPull") { h.container()?.state.waiting?.reason == "ErrImageNeverPull" }
        #expect(images.state.withLock(\.pulls) == [])
    }

    @Test func theStoreTellsOfAnImageBeforeItsPullComesBack() async throws {
        let images = FakeImages()
        images.state.withLock { $0.holdsPulls = true }
        let h = try await WorkerHarness(makePod(containers: [container("web:2", nil)]), images: images)
        try await h.until("held") { images.state.withLock { !$0.held.isEmpty } }
        images.state.withLock { $0.images["web:2"] = ResolvedImage(id: "sha256:2", cmd: ["/web"]) }
        h.worker.inbox.put { $0.imagesChanged = true }
        await h.quiet()
        #expect(h.container()?.state.running == nil)
        images.release()
        try await h.until("Running") { h.status.phase == "Running" }
        #expect(h.events.messages("Pulled").count == 1)
        #expect(h.events.messages("Pulled").first?.hasPrefix("Successfully pulled image \"web:2\"") == true)
    }

    @Test func aPodThatIsDeletedDoesNotWaitForItsPull() async throws {
        let images = FakeImages()
        images.state.withLock { $0.holdsPulls = true }
        let h = try await WorkerHarness(makePod(containers: [container("web:2", nil)]), images: images)
        try await h.until("Pulling") { !h.events.messages("Pulling").isEmpty }
        h.delete()
        try await h.until("gone", passing: true) { h.pod == nil }
        images.release()
    }

    @Test func durationsAreGos() {
        #expect(GoDuration.text(.milliseconds(523)) == "523ms")
        #expect(GoDuration.text(.milliseconds(1500)) == "1.5s")
        #expect(GoDuration.text(.milliseconds(62_004)) == "1m2.004s")
        #expect(GoDuration.text(.seconds(60)) == "1m0s")
        #expect(GoDuration.text(.microseconds(900)) == "0s")
    }
}
