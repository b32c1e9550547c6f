import Foundation
import Glibc
import Linux
import Logging
import Synchronization
import Testing

@testable import ContainerRuntime

/// Tests that make real containers.
extension Trait where Self == ConditionTrait {
    static var needsRoot: Self {
        .enabled(
            if: getuid() == 0 && RuntimeFixture.canRun, "needs root, busybox-static and the supervisor beside the tests"
        )
    }
}

/// A runtime on scratch directories and a cgroup tree of its own, and a layer with busybox. `with` removes all of it.
final class RuntimeFixture: Sendable {
    static let busybox = "/bin/busybox"
    static var supervisorPath: String {
        // Built beside the test bundle.
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
    /// Errors alone: what this host cannot enforce is said once a runtime, and there are many here.
    private static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }()
    private static let counter = Atomic(0)

    let root: String
    let instance: String
    let configuration: RuntimeConfiguration
    private let current: Mutex<ContainerRuntime>
    let layers: String

    var runtime: ContainerRuntime { current.withLock { $0 } }

    static func with(_ body: (RuntimeFixture) async throws -> Void) async throws {
        let fixture = try RuntimeFixture()
        do {
            try await body(fixture)
        } catch {
            await fixture.tearDown()
            throw error
        }
        await fixture.tearDown()
    }

    private init() throws {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        instance = "test-\(getpid())-\(number)"
        root = "/tmp/swiftlet-\(instance)"
        layers = root + "/layers"
        let files = FileManager.default
        for directory in ["base/bin", "base/etc", "base/tmp", "base/root", "top/opt"] {
            try files.createDirectory(atPath: "\(layers)/\(directory)", withIntermediateDirectories: true)
        }
        try files.copyItem(atPath: Self.busybox, toPath: layers + "/base/bin/busybox")
        for applet in [
            "sh", "cat", "id", "sleep", "true", "echo", "ls", "hostname", "mount", "kill", "ps", "tty", "stty", "seq",
            "dd", "touch", "grep", "head", "env", "pwd", "readlink", "sync", "printf", "yes", "date", "ip", "wc", "rm",
            "mkdir", "df", "mknod", "chmod", "ln", "stat",
        ] {
            try files.createSymbolicLink(atPath: "\(layers)/base/bin/\(applet)", withDestinationPath: "busybox")
        }
        try Data("root:x:0:0:root:/root:/bin/sh\napp:x:1234:2345::/home/app:/bin/sh\n".utf8)
            .write(to: URL(fileURLWithPath: layers + "/base/etc/passwd"))
        try Data("root:x:0:\nstaff:x:50:\nextra:x:77:other,app\n".utf8)
            .write(to: URL(fileURLWithPath: layers + "/base/etc/group"))
        try Data("from the top layer\n".utf8).write(to: URL(fileURLWithPath: layers + "/top/opt/marker"))
        configuration = RuntimeConfiguration(
            runDirectory: root + "/run", dataDirectory: root + "/data",
            cgroup: try CgroupTree.open(instance: instance), supervisorPath: Self.supervisorPath)
        current = Mutex(try ContainerRuntime(configuration, logger: Self.logger))
    }

    /// As if the daemon had died and been started again.
    func restart() async throws {
        await runtime.stop()
        let next = try ContainerRuntime(configuration, logger: Self.logger)
        current.withLock { $0 = next }
    }

    private func tearDown() async {
        // What a test left running, also of a runtime that knows nothing of it.
        let fresh = try? ContainerRuntime(configuration, logger: Self.logger)
        await runtime.stop()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root + "/run/pods")) ?? [] {
            do { try await fresh?.removeSandbox(name) } catch { Issue.record(error) }
        }
        await fresh?.stop()
        do { try configuration.cgroup.remove(delegated: false) } catch { Issue.record(error) }
        do { try FileManager.default.removeItem(atPath: root) } catch { Issue.record(error) }
    }

    // MARK: Configurations

    func sandbox(_ uid: String = "11111111-aaaa", hostNetwork: Bool = false) -> SandboxConfig {
        SandboxConfig(
            podUID: uid, namespace: "default", name: "pod-\(uid)", hostname: "host-of-\(uid)", hostNetwork: hostNetwork,
            logDirectory: "\(root)/logs/\(uid)", gracePeriodSeconds: 2)
    }

    func container(_ command: [String], name: String = "main", attempt: Int = 0) -> ContainerConfig {
        var config = ContainerConfig(
            id: "\(name)-\(attempt)", name: name, attempt: attempt,
            rootfs: ContainerConfig.RootFS(layersRoot: layers, layers: ["top", "base"], readOnly: false),
            command: command)
        config.limits.pids = 64
        return config
    }

    func shell(_ script: String, name: String = "main", attempt: Int = 0) -> ContainerConfig {
        container(["/bin/sh", "-c", script], name: name, attempt: attempt)
    }

    // MARK: Observation

    func logPath(_ uid: String = "11111111-aaaa", _ name: String = "main", attempt: Int = 0) -> String {
        "\(root)/logs/\(uid)/\(name)/\(attempt).log"
    }

    /// The texts of a log's records, the stream before each: `stdout F text`.
    func log(_ uid: String = "11111111-aaaa", _ name: String = "main", attempt: Int = 0) throws -> [String] {
        try String(contentsOfFile: logPath(uid, name, attempt: attempt), encoding: .utf8)
            // By scalars: "\r\n" is one character.
            .unicodeScalars.split(separator: "\n").map { String(String($0).drop { $0 != " " }.dropFirst()) }
    }

    /// Runs a script to its end and gives what it printed and how it ended.
    func run(
        _ config: ContainerConfig, uid: String = "11111111-aaaa"
    ) async throws -> (lines: [String], exit: ContainerState.Exit) {
        _ = try await runtime.startContainer(uid, config)
        let exit = try await exit(of: config.id)
        let lines = try log(uid, config.name, attempt: config.attempt).map {
            String($0.drop { $0 != " " }.dropFirst(3))
        }
        return (lines, exit)
    }

    /// The next exit of this container among the events.
    func exit(of id: String) async throws -> ContainerState.Exit {
        let events = runtime.events
        return try await within("the exit of \(id)") {
            for await event in events {
                if case .containerExited(_, let state) = event, state.id == id, case .exited(let exit) = state.phase {
                    return exit
                }
            }
            throw TimedOut(what: "the stream of events ended before the exit of \(id)")
        }
    }
}

struct TimedOut: Error { var what: String }

/// What comes of `body`, or an error after ten seconds.
func within<Result: Sendable>(
    _ what: String, seconds: Int = 10, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw TimedOut(what: what)
        }
        defer { group.cancelAll() }
        return try await group.next()!
    }
}

/// Waits until a condition holds, at most ten seconds.
func eventually(_ what: String, _ condition: () throws -> Bool) async throws {
    for _ in 0..<2000 {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    throw TimedOut(what: what)
}
