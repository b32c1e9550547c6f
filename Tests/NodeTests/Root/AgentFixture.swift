import Client
import ContainerRuntime
import Foundation
import Glibc
import ImageStore
import KubernetesAPI
import Linux
import Logging
import PodNetwork
import SimulatedCluster
import Synchronization
import Testing

@testable import Node

extension Trait where Self == ConditionTrait {
    static var needsRoot: Self {
        .enabled(
            if: getuid() == 0 && AgentFixture.canRun, "needs root, busybox-static and the supervisor beside the tests")
    }
}

/// A node agent with the real runtime, network and images on scratch directories, and an API in memory. `with` leaves
/// nothing of it.
final class AgentFixture: Sendable {
    static let busybox = "/bin/busybox"
    static var supervisorPath: String {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var directory = URL(fileURLWithPath: executable).deletingLastPathComponent().path
        for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
            directory = URL(fileURLWithPath: argument).deletingLastPathComponent().path
        }
        return directory + "/swiftlet-supervisor"
    }
    static var canRun: Bool {
        FileManager.default.isExecutableFile(atPath: busybox)
            && FileManager.default.isExecutableFile(atPath: supervisorPath)
    }
    private static let counter = Atomic(0)

    let root: String
    let instance: String
    let api = MemoryAPI(clock: SimulatedCluster.SimulatedClock())
    let client: MemoryClient
    let cgroup: CgroupTree
    let logger: Logger
    let range: IPv4Range
    private let parts: Mutex<Parts?>
    private let forwarding: String

    struct Parts: Sendable {
        var agent: NodeAgent
        var runtime: ContainerRuntime
        var network: PodNetwork
        var task: Task<Void, any Error>
    }

    static func with(_ body: (AgentFixture) async throws -> Void) async throws {
        let fixture = try AgentFixture()
        do {
            try await fixture.start()
            try await body(fixture)
        } catch {
            await fixture.tearDown()
            throw error
        }
        await fixture.tearDown()
    }

    private init() throws {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        instance = "node-\(getpid())-\(number)"
        root = "/tmp/swiftlet-\(instance)"
        client = MemoryClient(api: api)
        var logger = Logger(label: "test")
        logger.logLevel = .error
        self.logger = logger
        range = IPv4Range("10.217.\(number % 250).0/24")!
        cgroup = try CgroupTree.open(instance: instance)
        parts = Mutex(nil)
        forwarding = try Sysctl.read("net.ipv4.ip_forward")
        try FileManager.default.createDirectory(atPath: root + "/tree/bin", withIntermediateDirectories: true)
        for directory in ["etc", "tmp", "www"] {
            try FileManager.default.createDirectory(
                atPath: root + "/tree/" + directory, withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: Self.busybox, toPath: root + "/tree/bin/busybox")
        for applet in [
            "sh", "cat", "sleep", "echo", "httpd", "nc", "ls", "true", "false", "id", "wget", "ps", "touch", "env",
            "stat", "mount",
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: root + "/tree/bin/\(applet)", withDestinationPath: "busybox")
        }
        try Data("hello\n".utf8).write(to: URL(fileURLWithPath: root + "/tree/www/index.html"))
        let tar = try Process.run(
            URL(fileURLWithPath: "/bin/tar"), arguments: ["-C", root + "/tree", "-cf", root + "/web.tar", "."])
        tar.waitUntilExit()
        let images = try ImageStore(dataDirectory: root + "/data", logger: logger)
        _ = try images.importTarball(
            "web:1", from: root + "/web.tar", config: ImageConfig(entrypoint: ["/bin/sh", "-c"]))
    }

    var agent: NodeAgent { parts.withLock { $0!.agent } }

    func start() async throws {
        let runtime = try ContainerRuntime(
            RuntimeConfiguration(
                runDirectory: root + "/run", dataDirectory: root + "/data", cgroup: cgroup,
                supervisorPath: Self.supervisorPath), logger: logger)
        let network = try PodNetwork(
            .init(podCIDR: range, tableName: "swt-\(instance)", stateDirectory: root + "/run/network"), logger: logger)
        let images = try ImageStore(dataDirectory: root + "/data", logger: logger)
        let informers = Informers(client, logger: logger)
        let agent = NodeAgent(
            configuration: NodeConfiguration(
                nodeName: "node", nodeAddress: HostAddress(fixed: IPv4Address("127.0.0.1")!),
                dataDirectory: root + "/data", podLogDirectory: root + "/logs",
                podCIDR: range.description, version: "test"),
            informers: informers, runtime: runtime, network: network, images: images, draining: FakeDraining(),
            logger: logger)
        let task = Task {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { await informers.run() }
                try await agent.run()
            }
        }
        parts.withLock { $0 = Parts(agent: agent, runtime: runtime, network: network, task: task) }
    }

    /// The daemon goes; the pods stay.
    func stop() async {
        guard let parts = parts.withLock({ $0 }) else { return }
        parts.task.cancel()
        _ = try? await parts.task.value
        await parts.runtime.stop()
    }

    private func tearDown() async {
        for pod in api.all(Pod.self) {
            try? await client.delete(Pod.self, pod.objectName, .init(gracePeriodSeconds: 0))
        }
        await stop()
        do {
            let runtime = try ContainerRuntime(
                RuntimeConfiguration(
                    runDirectory: root + "/run", dataDirectory: root + "/data", cgroup: cgroup,
                    supervisorPath: Self.supervisorPath), logger: logger)
            for sandbox in try await runtime.adopt() { try await runtime.removeSandbox(sandbox.config.podUID) }
            await runtime.stop()
            try parts.withLock { $0 }?.network.tearDown()
            try Sysctl.write(forwarding, to: "net.ipv4.ip_forward")
            for path in try KernelMounts().mounted(under: root).reversed() { try KernelMounts().unmount(path) }
            try cgroup.remove(delegated: false)
            try FileManager.default.removeItem(atPath: root)
        } catch {
            Issue.record("tear-down: \(error)")
        }
    }

    @discardableResult
    func create(_ name: String, _ script: String, _ change: (inout Pod) -> Void = { _ in }) async throws -> Pod {
        var container = Container(name: "web", image: "web:1")
        container.args = [script]
        var pod = Pod(metadata: ObjectMeta(name: name, namespace: "default"))
        pod.spec.containers = [container]
        pod.spec.restartPolicy = "Always"
        pod.spec.nodeName = "node"
        pod.spec.terminationGracePeriodSeconds = 1
        change(&pod)
        return try await client.create(pod)
    }

    func pod(_ name: String) -> Pod? { try? api.get(Pod.self, ObjectName(namespace: "default", name)) }
    func container(_ name: String) -> ContainerStatus? { pod(name)?.status.containerStatuses?.first }
    func isReady(_ name: String) -> Bool {
        pod(name)?.status.conditions?.contains { $0.type == "Ready" && $0.status == "True" } == true
    }

    func until(
        _ what: String, seconds: Int = 20, _ condition: () async throws -> Bool,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while try await !condition() {
            if ContinuousClock.now > end {
                let pods = api.all(Pod.self).map { "\($0.objectName): \($0.status)" }
                let events = api.all(Event.self).map { "\($0.reason ?? ""): \($0.message ?? "")" }
                Issue.record(
                    "never happened: \(what)\n\(pods.prefix(3))\n\(events.suffix(12))", sourceLocation: location)
                throw CancellationError()
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func exec(_ name: String, _ command: [String]) async throws -> (output: String, code: Int32) {
        let process = try await agent.podStreams.exec(
            try #require(pod(name)),
            ExecOptions(container: "web", command: command, stdin: false, stdout: true, stderr: true, tty: false))
        var bytes: [UInt8] = []
        for await part in process.output {
            switch part {
            case .stdout(let more), .stderr(let more): bytes += more
            }
        }
        return (String(decoding: bytes, as: UTF8.self), await process.wait())
    }

    func log(_ name: String, previous: Bool = false) async throws -> String {
        var options = LogOptions(container: "web")
        options.previous = previous
        var bytes: [UInt8] = []
        for try await part in try await agent.podStreams.logs(try #require(pod(name)), options) { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The processes of this fixture's pods, by their cgroup.
    func processes() throws -> [Int32] {
        var result: [Int32] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let pid = Int32(name),
                let text = try? String(contentsOfFile: "/proc/\(name)/cgroup", encoding: .utf8),
                text.contains(instance)
            else { continue }
            result.append(pid)
        }
        return result
    }

    func processes(matching text: String) throws -> [Int32] {
        try processes().filter {
            (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8))?.contains(text) == true
        }
    }

    func sleepers() throws -> [Int32] {
        // A process that ends between the two looks is none.
        try processes().filter { (try? String(contentsOfFile: "/proc/\($0)/comm", encoding: .utf8)) == "sleep\n" }
    }
}
