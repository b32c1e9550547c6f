import ContainerRuntime
import Foundation
import KubernetesAPI
import Linux
import Logging
import Synchronization
import Testing

@testable import Node

/// One pod worker with everything around it in memory, on a simulated clock.
final class WorkerHarness: Sendable {
    let clock: SimulatedClock
    let runtime: FakeRuntime
    let images: FakeImages
    let objects = FakeObjects()
    let events = FakeEvents()
    let prober = FakeProber()
    let references = FakeReferences()
    let draining = FakeDraining()
    let attachments = FakeAttachments()
    let containers = ContainerDirectory()
    let admission: Admission
    let api: FakePodAPI
    let services: NodeServices
    let worker: PodWorker
    let task: Task<Void, Never>
    let directory: TemporaryDirectory
    let uid: String

    init(
        _ pod: Pod, clock: SimulatedClock = SimulatedClock(), runtime: FakeRuntime? = nil,
        images: FakeImages = FakeImages(),
        adopt: Bool = false
    ) async throws {
        self.clock = clock
        let runtime = runtime ?? FakeRuntime(clock)
        self.runtime = runtime
        self.images = images
        directory = try TemporaryDirectory()
        uid = pod.metadata.uid ?? ""
        let api = FakePodAPI(pod) { call in runtime.state.withLock { $0.calls.append(call) } }
        self.api = api
        let configuration = NodeConfiguration(
            nodeName: "node", nodeAddress: HostAddress(fixed: IPv4Address("192.0.2.1")!), dataDirectory: directory.path,
            podLogDirectory: directory.path + "/logs", podCIDR: "10.42.0.0/24", version: "0")
        let allocatable = ["cpu": Quantity(2), "memory": Quantity(1 << 30), "pods": Quantity(110)]
        admission = Admission(allocatable: allocatable)
        let services = NodeServices(
            configuration: configuration, runtime: runtime, images: images, objects: objects, pods: api,
            events: events, prober: prober, mounts: NoMounts(),
            attachments: attachments, draining: draining, references: references,
            containers: containers,
            contact: ServerContact(at: clock.now(), interval: LeaseRenewal.firstInterval), admission: admission,
            allocatable: allocatable, nodeResolver: ResolverConfig(),
            clock: clock, logger: Logger(label: "test"))
        self.services = services
        let adopted = adopt ? try await runtime.adopt().first { [uid] in $0.config.podUID == uid } : nil
        let worker = PodWorker(api.pod!, services, adopted: adopted)
        self.worker = worker
        let inbox = worker.inbox
        api.state.withLock {
            $0.changed = { pod in inbox.put { if let pod { $0.pod = pod } else { $0.isGone = true } } }
        }
        runtime.state.withLock {
            $0.deliver = { event in
                inbox.put { contents in
                    switch event {
                    case .containerExited(_, let state): contents.exits.append(state)
                    case .sandboxDied: contents.sandboxDied = true
                    }
                }
            }
        }
        task = Task { await worker.run() }
    }

    deinit { task.cancel() }

    var pod: Pod? { api.pod }
    var status: PodStatus { api.pod?.status ?? PodStatus() }
    func container(_ name: String = "web") -> ContainerStatus? {
        ((status.containerStatuses ?? []) + (status.initContainerStatuses ?? [])).first { $0.name == name }
    }
    func condition(_ type: String) -> PodCondition? { status.conditions?.first { $0.type == type } }

    /// Waits for something that needs no time to pass, or, with `passing`, lets it pass from one wake to the next.
    func until(
        _ what: String, passing: Bool = false, _ condition: () -> Bool, at location: SourceLocation = #_sourceLocation
    ) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while !condition() {
            if ContinuousClock.now > end {
                Issue.record(
                    "never happened: \(what); calls \(runtime.calls); status \(status); events \(events.all)",
                    sourceLocation: location)
                throw CancellationError()
            }
            await quiet()
            if condition() { return }
            if passing, let next = clock.nextDue { clock.advance(to: next) }
        }
    }

    /// Lets every task that can run do so.
    func quiet() async {
        for _ in 0..<50 { await Task.yield() }
        // A turn of the real scheduler, for tasks on the other thread.
        try? await Task.sleep(for: .microseconds(200))
    }

    /// - Parameter ahead: the server's clock before the node's, in seconds.
    func delete(grace: Int64 = 30, ahead: Int64 = 0) {
        api.edit { pod in
            pod.metadata.deletionTimestamp = Time(seconds: clock.now().time.seconds + ahead + grace)
            pod.metadata.deletionGracePeriodSeconds = grace
        }
    }
}

func makePod(
    _ name: String = "web", containers: [Container] = [Container(name: "web", image: "nginx")],
    policy: String = "Always",
    _ change: (inout Pod) -> Void = { _ in }
) -> Pod {
    var pod = Pod(metadata: ObjectMeta(name: name, namespace: "default"))
    pod.metadata.uid = "uid-\(name)"
    pod.spec.containers = containers
    pod.spec.restartPolicy = policy
    pod.spec.nodeName = "node"
    pod.spec.terminationGracePeriodSeconds = 30
    change(&pod)
    return pod
}

/// Gone with its last reference.
final class TemporaryDirectory: Sendable {
    let path: String
    init() throws {
        path = NSTemporaryDirectory() + "swiftlet-node-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}
