import Foundation
import Synchronization
import Testing

/// A real daemon on directories, a port, a node name and address ranges of its own, with real kubectl against it.
///
/// `Cluster.run` ends it last-in-first-out on any exit and checks that nothing is left: mounts, links, tables, cgroups,
/// processes.
final class Cluster: Sendable {
    let directory: String
    let number: Int
    let nodeIP: String
    private let process = Mutex<Process?>(nil)

    var dataDirectory: String { directory + "/data" }
    var runDirectory: String { directory + "/run" }
    var kubeconfig: String { dataDirectory + "/kubeconfig" }
    var podRange: String { "10.\(100 + number).0." }
    var serviceRange: String { "10.\(200 + number % 50).0." }

    private static let numbers = Mutex(0)

    /// What the daemon names its cgroups, tables and interfaces after: FNV-1a of its run directory.
    var instance: String {
        var hash: UInt32 = 2_166_136_261
        for byte in runDirectory.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return String(format: "%08x", hash)
    }

    private init(nodeIP: String) throws {
        self.nodeIP = nodeIP
        number = Self.numbers.withLock { next in
            next += 1
            return next
        }
        directory = "/tmp/swiftlet-it-\(getpid())-\(number)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    /// Starts a daemon, runs the body, and leaves the machine as it was.
    ///
    /// - Parameter nodeIP: an address of this machine, for tests that ask node ports.
    static func run(nodeIP: String = "127.0.0.1", _ body: (Cluster) async throws -> Void) async throws {
        let before = try Traces.take()
        let cluster = try Cluster(nodeIP: nodeIP)
        do {
            try await cluster.start()
            try await cluster.importImages()
            try await body(cluster)
        } catch {
            Issue.record("\(error)\n--- daemon's log, last lines ---\n\(cluster.logTail())")
        }
        await cluster.cleanUp()
        try await eventually("everything of \(cluster.directory) is gone", within: 30) {
            try Traces.take().more(than: before, of: cluster).isEmpty
        }
        try FileManager.default.removeItem(atPath: cluster.directory)
    }

    // MARK: the daemon

    var pid: Int32 { process.withLock { $0?.processIdentifier ?? 0 } }

    func start() async throws {
        let log = directory + "/daemon.log"
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(fileURLWithPath: log)) }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try handle.seekToEnd()
        let daemon = Process()
        daemon.executableURL = URL(fileURLWithPath: Binaries.swiftlet)
        daemon.arguments = [
            "server", "--data-dir", dataDirectory, "--run-dir", runDirectory, "--listen",
            "127.0.0.1:\(20_000 + number)",
            "--node-name", "node\(number)", "--node-ip", nodeIP, "--pod-cidr", "10.\(100 + number).0.0/24",
            "--service-cidr", serviceRange + "0/24",
        ]
        daemon.standardOutput = handle
        daemon.standardError = handle
        daemon.standardInput = FileHandle.nullDevice
        try daemon.run()
        process.withLock { $0 = daemon }
        try await eventually("the daemon is ready", within: 60) {
            guard daemon.isRunning else { throw TimedOut(description: "the daemon ended:\n\(logTail())") }
            return try await kubectl("get", "--raw", "/readyz").code == 0
        }
    }

    func kill() async {
        guard let daemon = process.withLock({ $0 }) else { return }
        Glibc.kill(daemon.processIdentifier, SIGKILL)
        await waitForExit(daemon)
    }

    func stop() async {
        guard let daemon = process.withLock({ $0 }), daemon.isRunning else { return }
        daemon.terminate()
        await waitForExit(daemon)
    }

    func logTail() -> String {
        let text = (try? String(contentsOfFile: directory + "/daemon.log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(40).joined(separator: "\n")
    }

    private func cleanUp() async {
        if process.withLock({ $0?.isRunning }) != true { try? await start() }
        _ = try? await kubectl(
            "delete", "services,deployments,daemonsets,replicasets,pods,pvc", "--all", "-A", "--wait=false")
        _ = try? await kubectl("delete", "pods", "--all", "-A", "--grace-period=1", "--timeout=60s")
        _ = try? await kubectl("delete", "pvc,pv,storageclass", "--all", "-A", "--timeout=20s")
        await stop()
    }

    // MARK: its clients

    @discardableResult
    func kubectl(_ arguments: String..., input: String? = nil) async throws -> Output {
        try await runProgram(
            Binaries.kubectl, ["--kubeconfig", kubeconfig] + arguments, input: input, environment: ["HOME": directory])
    }

    /// Fails the test unless kubectl succeeds; gives what it printed.
    @discardableResult
    func succeed(_ arguments: String..., input: String? = nil, at location: SourceLocation = #_sourceLocation)
        async throws -> String
    {
        let output = try await runProgram(
            Binaries.kubectl, ["--kubeconfig", kubeconfig] + arguments, input: input, environment: ["HOME": directory])
        #expect(output.code == 0, "kubectl \(arguments.joined(separator: " ")): \(output)", sourceLocation: location)
        return output.out.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What kubectl prints, for a condition that is still being waited for: a failure is only not yet.
    func read(_ arguments: String...) async throws -> String {
        try await runProgram(
            Binaries.kubectl, ["--kubeconfig", kubeconfig] + arguments, environment: ["HOME": directory]
        ).out.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @discardableResult
    func apply(_ manifest: String, at location: SourceLocation = #_sourceLocation) async throws -> String {
        try await succeed("apply", "-f", "-", input: manifest, at: location)
    }

    /// A raw request with the administrator's certificate.
    func curl(_ arguments: String..., path: String) async throws -> Output {
        let text = try String(contentsOfFile: kubeconfig, encoding: .utf8)
        for (field, file) in [("client-certificate-data", "cert.pem"), ("client-key-data", "key.pem")] {
            guard let line = text.split(separator: "\n").first(where: { $0.contains(field) }),
                let data = Data(
                    base64Encoded: line.split(separator: " ").last.map { $0.replacingOccurrences(of: "\"", with: "") }
                        ?? "")
            else { throw TimedOut(description: "\(kubeconfig): no \(field)") }
            try data.write(to: URL(fileURLWithPath: "\(directory)/\(file)"))
        }
        return try await runProgram(
            "/usr/bin/curl",
            ["-sk", "--cert", directory + "/cert.pem", "--key", directory + "/key.pem"] + arguments
                + ["https://127.0.0.1:\(20_000 + number)\(path)"])
    }

    /// One field of objects by JSON path, split at blanks.
    func fields(_ path: String, _ arguments: String...) async throws -> [String] {
        let output = try await runProgram(
            Binaries.kubectl, ["--kubeconfig", kubeconfig, "get", "-o", "jsonpath={\(path)}"] + arguments,
            environment: ["HOME": directory])
        return output.out.split(separator: " ").map(String.init)
    }

    private func importImages() async throws {
        for version in ["1.16", "1.17"] {
            let tar = try await Images.web(version)
            let output = try await runProgram(
                Binaries.swiftlet,
                [
                    "image", "import", "nginx:\(version)", tar, "--data-dir", dataDirectory, "--entrypoint",
                    "/bin/busybox",
                    "--cmd", "httpd", "--cmd", "-f", "--cmd", "-p", "--cmd", "80", "--cmd", "-h", "--cmd", "/www",
                ])
            #expect(output.code == 0, "image import: \(output)")
        }
    }

    /// Imports an image that `make rootfs` made, under any name, with the configuration that lies beside it.
    func importImage(_ name: String, _ recipe: String, environment: [String] = []) async throws {
        try await Images.importMade(recipe, as: name, into: dataDirectory, environment: environment)
    }
}
