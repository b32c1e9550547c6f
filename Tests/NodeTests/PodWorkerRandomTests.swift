import ContainerRuntime
import Foundation
import KubernetesAPI
import Synchronization
import Testing

@testable import Node

/// A pod worker in the middle of everything that can happen to it, in any order: ends, crashes of supervisor and daemon,
/// conflicts, failing starts, deletions, time. The seed of a failure is in its message.
@Suite(.timeLimit(.minutes(5)))
struct PodWorkerRandomTests {
    @Test(arguments: 0..<60)
    func survives(_ seed: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let clock = SimulatedClock()
        let runtime = FakeRuntime(clock)
        var h = try await WorkerHarness(Self.pod(&generator), clock: clock, runtime: runtime)
        var counts: [String: Int32] = [:]
        var isDeleted = false

        for step in 0..<40 {
            let what = Int.random(in: 0..<12, using: &generator)
            switch what {
            case 0, 1, 2:
                let running = runtime.running(h.uid)
                if let id = running.randomElement(using: &generator) {
                    runtime.exit(h.uid, id, code: Int32.random(in: 0...2, using: &generator))
                }
            case 3: runtime.killSupervisor(h.uid)
            case 4: runtime.state.withLock { $0.stubborn = Bool.random(using: &generator) }
            case 5:
                let reason = ["RunContainerError", "CreateContainerError"].randomElement(using: &generator)!
                let fails = Bool.random(using: &generator)
                runtime.state.withLock {
                    $0.startError = fails ? RuntimeError(reason: reason, message: "no") : nil
                }
            case 6: h.api.state.withLock { $0.conflicts = 2 }
            case 7:
                let there = Bool.random(using: &generator)
                h.images.state.withLock {
                    $0.images = there ? ["nginx": ResolvedImage(id: "sha256:1", entrypoint: ["/nginx"])] : [:]
                }
            case 8:
                // The daemon dies and comes back.
                guard let known = h.pod else { break }
                h.task.cancel()
                _ = await h.task.value
                runtime.state.withLock { $0.deliver = nil }
                let conflicts = h.api.state.withLock(\.conflicts)
                h = try await WorkerHarness(known, clock: clock, runtime: runtime, images: h.images, adopt: true)
                h.api.state.withLock { $0.conflicts = conflicts }
            case 9:
                let succeeds = Bool.random(using: &generator)
                h.prober.answer.withLock { $0 = { _ in succeeds ? .success : .failure("no") } }
            case 10 where step > 20:
                isDeleted = true
                h.delete(grace: Int64.random(in: 0...40, using: &generator))
            default: clock.advance(by: .milliseconds(Int.random(in: 1...40_000, using: &generator)))
            }
            await h.quiet()
            check(h, seed, step, &counts)
        }

        if !isDeleted { h.delete(grace: 5) }
        try await h.until("seed \(seed): gone", passing: true) {
            h.pod == nil && runtime.calls.last == "release address"
        }
        let left = runtime.state.withLock { ($0.sandboxes.count, $0.addresses.count) }
        #expect(left == (0, 0), "seed \(seed)")
        #expect(h.images.state.withLock(\.leases).isEmpty, "seed \(seed): leases")
        #expect(!FileManager.default.fileExists(atPath: h.directory.path + "/pods/\(h.uid)"), "seed \(seed): directory")
        let calls = runtime.calls
        let deletion = try #require(calls.lastIndex(of: "delete from API"))
        #expect(calls[deletion...].allSatisfy { !$0.hasPrefix("start") && $0 != "sandbox" }, "seed \(seed)")
        #expect(calls[..<deletion].contains("remove sandbox"), "seed \(seed): the sandbox goes first")
        // None when the daemon before this one had written it.
        #expect(
            (h.api.statuses.last?.containerStatuses ?? []).allSatisfy { $0.state.running == nil },
            "seed \(seed): the last status")
    }

    private func check(_ h: WorkerHarness, _ seed: Int, _ step: Int, _ counts: inout [String: Int32]) {
        let running = h.runtime.running(h.uid)
        let names = running.map { $0.prefix { $0 != "-" } }
        #expect(Set(names).count == names.count, "seed \(seed) step \(step): two runs of one container: \(running)")
        for status in h.api.statuses {
            #expect(status.podIP == nil || status.podIP == "10.42.0.2", "seed \(seed) step \(step): address")
        }
        for status in (h.status.containerStatuses ?? []) + (h.status.initContainerStatuses ?? []) {
            #expect(
                status.restartCount >= counts[status.name] ?? 0, "seed \(seed) step \(step): restarts of \(status.name)"
            )
            counts[status.name] = status.restartCount
            if status.ready, h.pod?.spec.initContainers?.contains(where: { $0.name == status.name }) != true {
                #expect(status.state.running != nil, "seed \(seed) step \(step): ready and not running")
            }
        }
        let ready = h.condition("Ready")?.status == "True"
        #expect(!ready || (h.status.containerStatuses ?? []).allSatisfy(\.ready), "seed \(seed) step \(step)")
    }

    private static func pod(_ generator: inout SeededGenerator) -> Pod {
        var web = Container(name: "web", image: "nginx")
        if Bool.random(using: &generator) { web.readinessProbe = Probe(exec: ExecAction(command: ["ready"])) }
        if Bool.random(using: &generator) {
            web.livenessProbe = Probe(exec: ExecAction(command: ["alive"]))
            web.livenessProbe?.periodSeconds = 3
        }
        if Bool.random(using: &generator) {
            web.startupProbe = Probe(exec: ExecAction(command: ["up"]))
            web.startupProbe?.failureThreshold = 30
        }
        if Bool.random(using: &generator) {
            web.lifecycle = Lifecycle(
                postStart: LifecycleHandler(exec: ExecAction(command: ["hello"])),
                preStop: LifecycleHandler(sleep: SleepAction(seconds: 3)))
        }
        let containers = Bool.random(using: &generator) ? [web] : [web, Container(name: "side", image: "nginx")]
        let hasInit = Bool.random(using: &generator)
        let policy = ["Always", "Always", "OnFailure", "Never"].randomElement(using: &generator)!
        return makePod(containers: containers, policy: policy) { pod in
            if hasInit { pod.spec.initContainers = [Container(name: "init", image: "nginx")] }
        }
    }
}
