import Foundation
import Synchronization

/// One node of a `NodeCluster`: a network namespace, directories, and the daemon that runs there.
final class ClusterNode: Sendable {
    let name: String
    let address: String
    let directory: String
    let namespace: NetworkNamespace
    private let link: NetworkNamespace
    private let daemon = Mutex<Process?>(nil)
    private let arguments = Mutex<[String]>([])
    private let isTold = Mutex(true)

    var dataDirectory: String { directory + "/data" }
    var runDirectory: String { directory + "/run" }

    /// What the daemon names its cgroups, tables and interfaces after: FNV-1a of its run directory.
    var instance: String {
        var hash: UInt32 = 2_166_136_261
        for byte in runDirectory.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return String(format: "%08x", hash)
    }

    /// Of the nodes that share a link.
    static let network = "192.168.77"
    /// Where the rest of the world is, for a cluster that has a router.
    let router: String

    init(_ index: Int, directory: String, link: NetworkNamespace, isRouted: Bool) async throws {
        name = "n\(index)"
        let network = isRouted ? "192.168.\(78 + index)" : Self.network
        address = isRouted ? network + ".2" : "\(network).\(index + 1)"
        router = network + ".254"
        self.directory = directory + "/" + name
        self.link = link
        try FileManager.default.createDirectory(atPath: self.directory, withIntermediateDirectories: true)
        namespace = try await NetworkNamespace()
        try await link.ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", "\(namespace.pid)")
        if isRouted {
            try await link.ip("addr", "add", "\(router)/24", "dev", name)
            try await link.ip("link", "set", name, "up")
        } else {
            try await link.ip("link", "set", name, "master", "br0", "up")
        }
        try await namespace.ip("addr", "add", address + "/24", "dev", "eth0")
        try await namespace.ip("link", "set", "eth0", "up")
    }

    // MARK: its daemon

    /// From its next start the daemon finds out for itself what its address is.
    func leaveAddressToDaemon() { isTold.withLock { $0 = false } }

    /// `server` or `agent` and its options; the directories, the name and the address are added.
    func setArguments(_ new: [String]) { arguments.withLock { $0 = new } }

    var isRunning: Bool { daemon.withLock { $0?.isRunning ?? false } }
    var pid: Int32 { daemon.withLock { $0?.processIdentifier ?? 0 } }

    func start() throws {
        let log = directory + "/daemon.log"
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(fileURLWithPath: log)) }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try handle.seekToEnd()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: namespace.prefix[0])
        process.arguments =
            Array(namespace.prefix.dropFirst()) + [Binaries.swiftlet] + arguments.withLock { $0 } + [
                "--data-dir", dataDirectory, "--run-dir", runDirectory, "--node-name", name,
            ] + (isTold.withLock(\.self) ? ["--node-ip", address] : [])
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        daemon.withLock { $0 = process }
    }

    func stop() async {
        guard let process = daemon.withLock({ $0 }), process.isRunning else { return }
        process.terminate()
        await waitForExit(process)
    }

    /// The daemon alone dies; its pods go on.
    func kill() async {
        guard let process = daemon.withLock({ $0 }), process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        await waitForExit(process)
    }

    /// The daemon and every process of its pods, supervisors too: what a power cut leaves, but for the files and mounts.
    func destroy() async {
        await kill()
        let root = Traces.cgroupRoot
        for path in Traces.cgroupDirectories() where path.contains(instance) {
            // One that went meanwhile is what is wanted.
            try? "1".write(toFile: "\(root)/\(path)/cgroup.kill", atomically: false, encoding: .utf8)
        }
    }

    /// The processes of its pods, by number.
    func podProcesses() -> Set<String> {
        var found: Set<String> = []
        for path in Traces.cgroupDirectories() where path.contains(instance) && path.contains("/pods/") {
            // One that went meanwhile has none.
            let text = try? String(contentsOfFile: "\(Traces.cgroupRoot)/\(path)/cgroup.procs", encoding: .utf8)
            found.formUnion((text ?? "").split(separator: "\n").map(String.init))
        }
        return found
    }

    /// Of all its daemons so far.
    func log() -> String { (try? String(contentsOfFile: directory + "/daemon.log", encoding: .utf8)) ?? "" }

    func logTail() -> String { log().split(separator: "\n").suffix(40).joined(separator: "\n") }

    // MARK: its surroundings

    /// Runs a program in the node's network.
    func run(_ program: String, _ arguments: [String], input: String? = nil) async throws -> Output {
        try await namespace.run(program, arguments, input: input, environment: ["HOME": directory])
    }

    func run(_ program: String, _ arguments: String...) async throws -> Output { try await run(program, arguments) }

    /// Cuts the node off, or connects it again.
    func setLink(up: Bool) async throws { try await link.ip("link", "set", name, up ? "up" : "down") }

    func importWebImages() async throws {
        for version in ["1.16", "1.17"] {
            let tar = try await Images.web(version)
            let output = try await runProgram(
                Binaries.swiftlet,
                [
                    "image", "import", "nginx:\(version)", tar, "--data-dir", dataDirectory, "--entrypoint",
                    "/bin/busybox", "--cmd", "httpd", "--cmd", "-f", "--cmd", "-p", "--cmd", "80", "--cmd", "-h",
                    "--cmd", "/www",
                ])
            guard output.code == 0 else { throw TimedOut(description: "image import on \(name): \(output)") }
        }
    }

    /// As `Cluster.importImage`, on this node alone: others fetch it from here.
    func importImage(_ name: String, _ recipe: String, environment: [String] = []) async throws {
        try await Images.importMade(recipe, as: name, into: dataDirectory, environment: environment)
    }

    /// After the daemon has stopped.
    func end() async { await namespace.end() }
}
