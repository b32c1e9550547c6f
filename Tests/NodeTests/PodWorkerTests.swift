import ContainerRuntime
import Foundation
import KubernetesAPI
import Synchronization
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(2)))
struct PodWorkerTests {
    @Test func startsAPodAndSaysSo() async throws {
        let h = try await WorkerHarness(makePod())
        try await h.until("Running") { h.status.phase == "Running" }
        #expect(h.runtime.calls == ["sandbox", "start web-0"])
        #expect(h.status.podIP == "10.42.0.2")
        #expect(h.status.hostIP == "192.0.2.1")
        #expect(h.status.qosClass == "BestEffort")
        for type in ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"] {
            #expect(h.condition(type)?.status == "True", "\(type)")
        }
        let container = try #require(h.container())
        #expect(container.ready && container.started == true && container.restartCount == 0)
        #expect(container.containerID == "swiftlet://uid-web/web-0")
        #expect(container.imageID == "sha256:1")
        // A start that goes well is one write: the waiting before it never gets there.
        #expect(h.api.statuses.count == 1)
        #expect(h.events.all.map(\.reason) == ["Pulled", "Created", "Started"])
        #expect(h.events.messages("Started") == ["Started container web"])
    }

    @Test func deletionEndsInOrder() async throws {
        let h = try await WorkerHarness(makePod())
        try await h.until("Running") { h.status.phase == "Running" }
        h.delete()
        try await h.until("gone") { h.pod == nil }
        try await h.until("address released") { h.runtime.calls.last == "release address" }
        #expect(
            h.runtime.calls == [
                "sandbox", "start web-0", "signal web-0 15", "remove sandbox", "delete from API", "release address",
            ])
        #expect(h.events.messages("Killing") == ["Stopping container web"])
        let last = try #require(h.api.statuses.last)
        #expect(last.containerStatuses?.first?.state.terminated?.exitCode == 143)
        #expect(last.conditions?.first { $0.type == "Ready" }?.status == "False")
        #expect(h.images.state.withLock(\.leases).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: h.directory.path + "/pods/uid-web"))
    }

    /// The node's clock and the server's may be an hour apart.
    @Test(arguments: [0, 3600, -3600]) func graceThenKill(_ ahead: Int64) async throws {
        let h = try await WorkerHarness(makePod())
        h.runtime.state.withLock { $0.stubborn = true }
        try await h.until("Running") { h.status.phase == "Running" }
        let start = h.clock.now()
        h.delete(grace: 30, ahead: ahead)
        try await h.until("gone", passing: true) { h.pod == nil }
        #expect(h.runtime.calls.contains("kill web-0"))
        #expect(h.clock.now() - start >= .seconds(30))
        #expect(h.clock.now() - start < .seconds(32))
        #expect(h.api.statuses.last?.containerStatuses?.first?.state.terminated?.exitCode == 137)
    }

    @Test func aSecondShorterDeletionShortensTheGrace() async throws {
        let h = try await WorkerHarness(makePod())
        h.runtime.state.withLock { $0.stubborn = true }
        try await h.until("Running") { h.status.phase == "Running" }
        let start = h.clock.now()
        h.delete(grace: 300)
        try await h.until("signalled") { h.runtime.calls.contains("signal web-0 15") }
        h.delete(grace: 2)
        try await h.until("gone", passing: true) { h.pod == nil }
        #expect(h.clock.now() - start < .seconds(5))
    }

    @Test func crashesBackOff() async throws {
        let h = try await WorkerHarness(makePod())
        try await h.until("Running") { h.status.phase == "Running" }
        h.runtime.exit(h.uid, "web-0", code: 1)
        // The first restart comes at once, in the same sandbox.
        try await h.until("restarted") { h.container()?.restartCount == 1 && h.container()?.state.running != nil }
        #expect(h.container()?.lastState.terminated?.exitCode == 1)
        #expect(h.container()?.lastState.terminated?.reason == "Error")
        #expect(h.status.podIP == "10.42.0.2")
        h.runtime.exit(h.uid, "web-1", code: 1)
        try await h.until("backing off") { h.container()?.state.waiting?.reason == "CrashLoopBackOff" }
        #expect(
            h.container()?.state.waiting?.message
                == "back-off 10s restarting failed container=web pod=web_default(uid-web)")
        #expect(
            h.events.messages("BackOff") == ["Back-off restarting failed container web in pod web_default(uid-web)"])
        #expect(h.status.phase == "Running" && h.condition("Ready")?.status == "False")
        let before = h.clock.now()
        try await h.until("third start", passing: true) { h.container()?.restartCount == 2 }
        #expect(h.clock.now() - before >= .seconds(10) && h.clock.now() - before < .seconds(11))
        // Of the ended runs the newest alone is kept in the runtime.
        #expect(h.runtime.calls.filter { $0.hasPrefix("forget") } == ["forget web-0"])
    }

    @Test func restartPolicyNeverSucceedsAndFails() async throws {
        let good = try await WorkerHarness(makePod(policy: "Never"))
        try await good.until("Running") { good.status.phase == "Running" }
        good.runtime.exit(good.uid, "web-0", code: 0)
        try await good.until("Succeeded") {
            good.status.phase == "Succeeded" && good.runtime.calls.last == "release address"
        }
        #expect(good.container()?.state.terminated?.reason == "Completed")
        #expect(good.condition("Ready")?.reason == "PodCompleted")
        // Deleted later: only the object is left to go.
        good.delete()
        try await good.until("gone") { good.pod == nil }

        let bad = try await WorkerHarness(makePod(policy: "Never"))
        try await bad.until("Running") { bad.status.phase == "Running" }
        bad.runtime.exit(bad.uid, "web-0", code: 137, signal: 9, oomKilled: true)
        try await bad.until("Failed") { bad.status.phase == "Failed" }
        #expect(bad.container()?.state.terminated?.reason == "OOMKilled")
    }

    @Test func initContainersRunInOrder() async throws {
        let pod = makePod {
            $0.spec.initContainers = [Container(name: "a", image: "nginx"), Container(name: "b", image: "nginx")]
        }
        let h = try await WorkerHarness(pod)
        try await h.until("a runs") { h.container("a")?.state.running != nil }
        #expect(h.container("web")?.state.waiting?.reason == "PodInitializing")
        #expect(h.status.phase == "Pending")
        #expect(h.condition("Initialized")?.message == "containers with incomplete status: [a b]")
        h.runtime.exit(h.uid, "a-0", code: 0)
        try await h.until("b runs") { h.container("b")?.state.running != nil }
        h.runtime.exit(h.uid, "b-0", code: 1)
        try await h.until("b again") { h.container("b")?.restartCount == 1 && h.container("b")?.state.running != nil }
        h.runtime.exit(h.uid, "b-1", code: 0)
        try await h.until("Running") { h.status.phase == "Running" }
        #expect(h.runtime.calls == ["sandbox", "start a-0", "start b-0", "start b-1", "start web-0"])
        #expect(h.condition("Initialized")?.status == "True")
    }

    @Test func aDeadSandboxIsMadeAnewWithTheSameAddress() async throws {
        let h = try await WorkerHarness(makePod())
        try await h.until("Running") { h.status.phase == "Running" }
        h.runtime.killSupervisor(h.uid)
        try await h.until("restarted") { h.container()?.restartCount == 1 && h.container()?.state.running != nil }
        #expect(h.status.podIP == "10.42.0.2")
        #expect(h.events.messages("SandboxChanged") == ["Pod sandbox changed, it will be killed and re-created."])
        #expect(h.container()?.lastState.terminated?.reason == "ContainerStatusUnknown")
        #expect(h.container()?.lastState.terminated?.exitCode == 137)
    }

    @Test func aNewSandboxBeginsWithItsInitContainers() async throws {
        let pod = makePod { $0.spec.initContainers = [Container(name: "init", image: "nginx")] }
        let h = try await WorkerHarness(pod)
        try await h.until("init runs") { h.container("init")?.state.running != nil }
        h.runtime.exit(h.uid, "init-0", code: 0)
        try await h.until("Running") { h.status.phase == "Running" }
        h.runtime.killSupervisor(h.uid)
        try await h.until("init again") { h.container("init")?.state.running != nil }
        #expect(h.container("web")?.state.waiting?.reason == "PodInitializing")
        h.runtime.exit(h.uid, "init-1", code: 0)
        try await h.until("Running again") { h.container("web")?.state.running != nil }
        #expect(
            h.runtime.calls == [
                "sandbox", "start init-0", "start web-0", "remove sandbox", "sandbox", "start init-1", "start web-1",
            ])
    }

    @Test func theStartupProbeHoldsTheOthersBack() async throws {
        var container = Container(name: "web", image: "nginx")
        container.startupProbe = Probe(exec: ExecAction(command: ["startup"]))
        container.readinessProbe = Probe(exec: ExecAction(command: ["ready"]))
        let h = try await WorkerHarness(makePod(containers: [container]))
        h.prober.answer.withLock { $0 = { _ in .failure("not yet") } }
        try await h.until("tried", passing: true) { h.prober.tried.withLock(\.count) >= 3 }
        #expect(h.prober.tried.withLock { $0 }.allSatisfy { "\($0)".contains("startup") })
        #expect(h.container()?.started == false && h.container()?.ready == false)
        h.prober.answer.withLock { $0 = { _ in .success } }
        try await h.until("Ready", passing: true) { h.container()?.ready == true }
        #expect(h.container()?.started == true)
    }

    @Test func roomIsFreeOnceTheEndIsTold() async throws {
        var container = Container(name: "web", image: "nginx")
        container.resources = ResourceRequirements(requests: ["cpu": Quantity(2)])
        let h = try await WorkerHarness(makePod(containers: [container], policy: "Never"))
        try await h.until("Running") { h.status.phase == "Running" }
        let other = makePod("other", containers: [container])
        #expect(h.admission.admit(other, unconditionally: false)?.reason == "OutOfcpu")
        h.runtime.exit(h.uid, "web-0", code: 0)
        try await h.until("Succeeded") { h.status.phase == "Succeeded" }
        #expect(h.admission.admit(other, unconditionally: false) == nil)
    }

    @Test func aHalfMadeSandboxIsNotUsed() async throws {
        let clock = SimulatedClock()
        let runtime = FakeRuntime(clock)
        // The daemon died after the sandbox was made and before it had an address.
        runtime.state.withLock {
            $0.sandboxes["uid-web"] = .init(
                config: SandboxConfig(
                    podUID: "uid-web", namespace: "default", name: "web", hostname: "web", logDirectory: ""))
        }
        let h = try await WorkerHarness(makePod(), clock: clock, runtime: runtime, adopt: true)
        try await h.until("Running") { h.status.phase == "Running" }
        #expect(runtime.calls == ["remove sandbox", "sandbox", "start web-0"])
        #expect(h.status.podIP == "10.42.0.2")
    }

    @Test func aMissingImageNamesTheCommand() async throws {
        let h = try await WorkerHarness(makePod(containers: [Container(name: "web", image: "web:2")]))
        try await h.until("ErrImagePull") { h.container()?.state.waiting?.reason == "ErrImagePull" }
        #expect(h.container()?.state.waiting?.message?.contains("swiftlet image import web:2 FILE") == true)
        try await h.until("ImagePullBackOff", passing: true) {
            h.container()?.state.waiting?.reason == "ImagePullBackOff"
        }
        #expect(h.status.phase == "Pending")
        h.images.state.withLock { $0.images["web:2"] = ResolvedImage(id: "sha256:2", cmd: ["/web"]) }
        h.worker.inbox.put { $0.imagesChanged = true }
        try await h.until("Running") { h.status.phase == "Running" }
    }

    @Test func policyNeverIsItsOwnReason() async throws {
        var container = Container(name: "web", image: "web:2")
        container.imagePullPolicy = "Never"
        let h = try await WorkerHarness(makePod(containers: [container]))
        try await h.until("ErrImageNeverPull") { h.container()?.state.waiting?.reason == "ErrImageNeverPull" }
    }

    @Test func waitsForAConfigMap() async throws {
        var container = Container(name: "web", image: "nginx")
        container.env = [EnvVar(name: "A", valueFrom: EnvVarSource(configMapKeyRef: .init(name: "cfg", key: "a")))]
        let h = try await WorkerHarness(makePod(containers: [container]))
        try await h.until("error") { h.container()?.state.waiting?.reason == "CreateContainerConfigError" }
        #expect(h.container()?.state.waiting?.message == "configmap \"cfg\" not found")
        #expect(h.events.messages("Failed") == ["Error: configmap \"cfg\" not found"])
        h.objects.put(ConfigMap(metadata: ObjectMeta(name: "cfg", namespace: "default"), data: ["a": "1"]))
        h.references.change()
        try await h.until("Running") { h.status.phase == "Running" }
        let config = h.runtime.state.withLock { $0.sandboxes["uid-web"]?.containers["web-0"]?.config }
        #expect(config?.environment.contains("A=1") == true)
    }

    @Test func aProgramThatCannotRunIsAStartError() async throws {
        let clock = SimulatedClock()
        let runtime = FakeRuntime(clock)
        runtime.state.withLock {
            $0.startError = RuntimeError(reason: "RunContainerError", message: "exec /nginx: no such file")
        }
        let h = try await WorkerHarness(makePod(), clock: clock, runtime: runtime)
        try await h.until("backing off") { h.container()?.state.waiting?.reason == "CrashLoopBackOff" }
        #expect(h.container()?.lastState.terminated?.exitCode == 128)
        #expect(h.container()?.lastState.terminated?.reason == "StartError")
        #expect(h.container()?.lastState.terminated?.message == "exec /nginx: no such file")
        #expect(h.events.messages("Failed").first == "Error: exec /nginx: no such file")
    }

    @Test func aFailedLivenessProbeRestarts() async throws {
        var container = Container(name: "web", image: "nginx")
        container.livenessProbe = Probe(exec: ExecAction(command: ["false"]))
        container.livenessProbe?.periodSeconds = 5
        container.livenessProbe?.failureThreshold = 3
        let h = try await WorkerHarness(makePod(containers: [container]))
        h.prober.answer.withLock { $0 = { _ in .failure("no") } }
        try await h.until("restarted", passing: true) { (h.container()?.restartCount ?? 0) >= 1 }
        #expect(h.events.messages("Killing").first == "Container web failed liveness probe, will be restarted")
        #expect(
            h.events.messages("Unhealthy").prefix(3) == [
                "Liveness probe failed: no", "Liveness probe failed: no", "Liveness probe failed: no",
            ])
        #expect(h.runtime.calls.contains("signal web-0 15"))
    }

    @Test func readinessFollowsItsProbe() async throws {
        var container = Container(name: "web", image: "nginx")
        container.readinessProbe = Probe(exec: ExecAction(command: ["ready"]))
        let h = try await WorkerHarness(makePod(containers: [container]))
        h.prober.answer.withLock { $0 = { _ in .failure("not yet") } }
        try await h.until("Running") { h.status.phase == "Running" }
        #expect(h.container()?.ready == false && h.container()?.started == true)
        #expect(h.condition("Ready")?.message == "containers with unready status: [web]")
        h.prober.answer.withLock { $0 = { _ in .success } }
        try await h.until("Ready", passing: true) { h.condition("Ready")?.status == "True" }
    }

    @Test func hooksRunAroundTheProgram() async throws {
        var container = Container(name: "web", image: "nginx")
        container.lifecycle = Lifecycle(
            postStart: LifecycleHandler(exec: ExecAction(command: ["hello"])),
            preStop: LifecycleHandler(sleep: SleepAction(seconds: 7)))
        let h = try await WorkerHarness(makePod(containers: [container]))
        try await h.until("Running") { h.status.phase == "Running" }
        #expect(h.prober.tried.withLock { $0 } == [.exec(podUID: "uid-web", containerID: "web-0", command: ["hello"])])
        let start = h.clock.now()
        h.delete()
        try await h.until("gone", passing: true) { h.pod == nil }
        #expect(h.clock.now() - start >= .seconds(7) && h.clock.now() - start < .seconds(8))
        #expect(h.runtime.calls.contains("signal web-0 15") && !h.runtime.calls.contains("kill web-0"))
    }

    @Test func activeDeadlineEndsThePod() async throws {
        let h = try await WorkerHarness(makePod { $0.spec.activeDeadlineSeconds = 60 })
        try await h.until("Running") { h.status.phase == "Running" }
        try await h.until("Failed", passing: true) { h.status.phase == "Failed" }
        #expect(h.status.reason == "DeadlineExceeded")
        #expect(h.status.message == "Pod was active on the node longer than the specified deadline")
        #expect(h.runtime.calls.contains("signal web-0 15"))
    }

    @Test func aPodThatDoesNotFitIsRefused() async throws {
        var container = Container(name: "web", image: "nginx")
        container.resources = ResourceRequirements(requests: ["cpu": Quantity(64)])
        let h = try await WorkerHarness(makePod(containers: [container]))
        try await h.until("refused") { h.status.phase == "Failed" }
        #expect(h.status.reason == "OutOfcpu")
        #expect(h.runtime.calls.contains("start web-0") == false)
    }

    @Test func newStatusesSurviveConflicts() async throws {
        let pod = makePod()
        let h = try await WorkerHarness(pod)
        h.api.state.withLock { $0.conflicts = 3 }
        h.api.edit { $0.status.conditions = [PodCondition(type: "example.com/gate", status: "True")] }
        try await h.until("Running") { h.status.phase == "Running" }
        #expect(h.condition("example.com/gate")?.status == "True")
    }

    @Test func aNewDaemonGoesOnWithWhatRuns() async throws {
        let clock = SimulatedClock()
        let runtime = FakeRuntime(clock)
        let first = try await WorkerHarness(makePod(), clock: clock, runtime: runtime)
        try await first.until("Running") { first.status.phase == "Running" }
        let known = try #require(first.pod)
        first.task.cancel()
        _ = await first.task.value

        // It ended while no daemon was there.
        runtime.state.withLock { $0.deliver = { _ in } }
        clock.advance(by: .seconds(700))
        runtime.exit("uid-web", "web-0", code: 3)
        let second = try await WorkerHarness(known, clock: clock, runtime: runtime, adopt: true)
        try await second.until("restarted") {
            second.container()?.restartCount == 1 && second.container()?.state.running != nil
        }
        #expect(second.container()?.lastState.terminated?.exitCode == 3)
        #expect(runtime.calls == ["sandbox", "start web-0", "start web-1"])
        #expect(second.status.podIP == "10.42.0.2")

        let again = try #require(second.pod)
        second.task.cancel()
        _ = await second.task.value
        let third = try await WorkerHarness(again, clock: clock, runtime: runtime, adopt: true)
        try await third.until("seen") { third.containers.entry("uid-web") != nil }
        await third.quiet()
        #expect(runtime.calls == ["sandbox", "start web-0", "start web-1"])
        #expect(third.api.statuses.isEmpty, "nothing changed, so nothing is written")
    }

    @Test func aNewDaemonGoesOnProbingAndKnowsTheStopSignal() async throws {
        let clock = SimulatedClock()
        let runtime = FakeRuntime(clock)
        let images = FakeImages(["nginx": ResolvedImage(id: "sha256:1", cmd: ["/nginx"], stopSignal: "SIGQUIT")])
        var container = Container(name: "web", image: "nginx")
        container.livenessProbe = Probe(exec: ExecAction(command: ["alive"]))
        let first = try await WorkerHarness(
            makePod(containers: [container]), clock: clock, runtime: runtime, images: images)
        try await first.until("Running") { first.status.phase == "Running" }
        let known = try #require(first.pod)
        first.task.cancel()
        _ = await first.task.value

        let second = try await WorkerHarness(known, clock: clock, runtime: runtime, images: images, adopt: true)
        second.prober.answer.withLock { $0 = { _ in .failure("dead") } }
        try await second.until("ended", passing: true) { runtime.calls.contains("signal web-0 3") }
        #expect(second.events.messages("Killing") == ["Container web failed liveness probe, will be restarted"])
    }

    @Test func afterARebootItBeginsAnew() async throws {
        let clock = SimulatedClock()
        let first = try await WorkerHarness(makePod(), clock: clock)
        try await first.until("Running") { first.status.phase == "Running" }
        let known = try #require(first.pod)
        first.task.cancel()

        // The address comes from what the API knows, not from luck.
        let empty = FakeRuntime(clock)
        empty.state.withLock { $0.nextAddress = 77 }
        let h = try await WorkerHarness(known, clock: clock, runtime: empty, adopt: true)
        try await h.until("restarted") { h.container()?.restartCount == 1 && h.container()?.state.running != nil }
        #expect(h.container()?.lastState.terminated?.reason == "ContainerStatusUnknown")
        #expect(h.runtime.calls == ["remove sandbox", "sandbox", "start web-1"])
        #expect(h.status.podIP == "10.42.0.2")
    }
}
