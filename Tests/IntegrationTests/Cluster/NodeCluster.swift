import Foundation
import Synchronization
import Testing

/// Several nodes on one machine, for tests of what happens between them.
///
/// ```
/// try await NodeCluster.run(agents: 2) { cluster in
///     try await cluster.apply(webDeployment())                    // kubectl as the administrator
///     let answer = try await cluster.nodes[1].run("/bin/ping", "-c1", cluster.nodes[2].address)
///     cluster.nodes[1].setLink(up: false)                         // the link is cut, the node lives
///     await cluster.nodes[1].kill()                               // the daemon alone; pods go on
///     await cluster.nodes[1].destroy()                            // the daemon and all its pods
///     try cluster.nodes[1].start()                                // back, on the same directories
/// }
/// ```
///
/// - `nodes[0]`, named `n0`, is the server at 192.168.77.1:6443; the others, `n1`, `n2`, ..., are agents at .2, .3, ...
/// - `routed` names agents that are on links of their own, with a router between them and the rest: `n2` at 192.168.80.2.
/// - Each node is a network namespace of its own with `eth0` on one bridge, which is in a namespace of its own too: the
///   machine's network is not touched, and clusters run side by side with the same addresses.
/// - Each node has its directories under `directory` and so its own cgroups, tables and interfaces.
/// - Files and process numbers are the machine's: a test looks into a node's directories directly.
/// - `nginx:1.16` and `:1.17` (busybox httpd with the tools that `Images.web` lists) are imported on every node.
/// - Everything is removed from the last to the first, on any exit; the namespaces end even with a test that is killed.
final class NodeCluster: Sendable {
    let directory: String
    let nodes: [ClusterNode]
    private let link: NetworkNamespace

    private static let numbers = Mutex(0)

    private init(agents: Int, routed: Set<String>) async throws {
        let number = Self.numbers.withLock { next in
            next += 1
            return next
        }
        directory = "/tmp/swiftlet-nodes-\(getpid())-\(number)"
        link = try await NetworkNamespace()
        try await link.ip("link", "add", "br0", "type", "bridge")
        try await link.ip("link", "set", "br0", "up")
        if !routed.isEmpty {
            try await link.ip("addr", "add", "\(ClusterNode.network).254/24", "dev", "br0")
            let output = try await link.run("/sbin/sysctl", ["-qw", "net.ipv4.ip_forward=1"])
            guard output.code == 0 else { throw TimedOut(description: "the router: \(output)") }
        }
        var nodes: [ClusterNode] = []
        for index in 0...agents {
            let node = try await ClusterNode(
                index, directory: directory, link: link, isRouted: routed.contains("n\(index)"))
            if !routed.isEmpty { try await node.namespace.ip("route", "add", "default", "via", node.router) }
            nodes.append(node)
        }
        self.nodes = nodes
    }

    /// Starts the server and joins the agents, runs the body, and leaves the machine as it was.
    ///
    /// - Parameters:
    ///   - routed: the agents behind a router.
    ///   - serverArguments: further options of `swiftlet server`.
    ///   - agentArguments: the same for `swiftlet agent`.
    static func run(
        agents: Int, routed: Set<String> = [], serverArguments: [String] = [], agentArguments: [String] = [],
        _ body: (NodeCluster) async throws -> Void
    ) async throws {
        let cluster = try await NodeCluster(agents: agents, routed: routed)
        do {
            try await cluster.start(serverArguments, agentArguments)
            try await body(cluster)
        } catch {
            let logs = cluster.nodes.map { "--- \($0.name), last lines ---\n\($0.logTail())" }
            Issue.record("\(error)\n\(logs.joined(separator: "\n"))")
        }
        await cluster.cleanUp()
        try await eventually("everything of \(cluster.directory) is gone", within: 30) { try cluster.traces().isEmpty }
        try FileManager.default.removeItem(atPath: cluster.directory)
    }

    private func start(_ serverArguments: [String], _ agentArguments: [String]) async throws {
        let server = nodes[0]
        server.setArguments(
            ["server", "--listen", "0.0.0.0:6443"] + serverArguments)
        try server.start()
        try await eventually("the server is ready", within: 60) {
            guard server.isRunning else { throw TimedOut(description: "the server ended") }
            return try await kubectl("get", "--raw", "/readyz").code == 0
        }
        for agent in nodes.dropFirst() {
            agent.setArguments(["agent"] + (try await joinArguments()) + agentArguments)
            try agent.start()
        }
        for node in nodes { try await node.importWebImages() }
        try await eventually("all nodes are ready", within: 60) {
            for node in nodes where !node.isRunning { throw TimedOut(description: "the daemon of \(node.name) ended") }
            let ready = try await read(
                "get", "nodes", "-o", "jsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}")
            return ready.split(separator: " ").map(String.init) == nodes.map { _ in "True" }
        }
    }

    /// `--server` and `--token` as `swiftlet token create` prints them on the server.
    func joinArguments(_ options: String...) async throws -> [String] {
        let output = try await nodes[0].run(
            Binaries.swiftlet, ["token", "create", "--data-dir", nodes[0].dataDirectory] + options)
        guard output.code == 0 else { throw TimedOut(description: "token create: \(output)") }
        let words = output.out.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.prefix(2) == ["swiftlet", "agent"] else { throw TimedOut(description: "token create: \(output)") }
        return Array(words.dropFirst(2))
    }

    private func cleanUp() async {
        // Every node comes back once to end its pods. Where the test failed some of this fails too: what is left then is
        // what the check for traces reports.
        for node in nodes {
            try? await node.setLink(up: true)
            if !node.isRunning { try? node.start() }
        }
        _ = try? await kubectl("uncordon", "-l", "kubernetes.io/os=linux")
        _ = try? await kubectl(
            "delete", "services,deployments,daemonsets,replicasets,pods,pvc", "--all", "-A", "--wait=false")
        _ = try? await kubectl("delete", "pods", "--all", "-A", "--grace-period=1", "--timeout=60s")
        _ = try? await kubectl("delete", "pvc,pv,storageclass", "--all", "-A", "--timeout=20s")
        for node in nodes.reversed() { await node.stop() }
        for node in nodes.reversed() { await node.end() }
        await link.end()
    }

    /// What of this cluster is still on the machine.
    private func traces() throws -> [String] {
        let now = try Traces.take()
        let named = now.mounts.union(now.processes).filter { $0.contains(directory) }
        return named + now.cgroups.filter { cgroup in nodes.contains { cgroup.contains($0.instance) } }
    }

    // MARK: its clients

    private var kubeconfig: [String] { ["--kubeconfig", nodes[0].dataDirectory + "/kubeconfig"] }

    private func kubectl(_ arguments: [String], input: String? = nil) async throws -> Output {
        try await nodes[0].run(Binaries.kubectl, kubeconfig + arguments, input: input)
    }

    @discardableResult
    func kubectl(_ arguments: String..., input: String? = nil) async throws -> Output {
        try await kubectl(arguments, input: input)
    }

    /// Fails the test unless kubectl succeeds; gives what it printed.
    @discardableResult
    func succeed(_ arguments: String..., input: String? = nil, at location: SourceLocation = #_sourceLocation)
        async throws -> String
    {
        let output = try await kubectl(arguments, input: input)
        #expect(output.code == 0, "kubectl \(arguments.joined(separator: " ")): \(output)", sourceLocation: location)
        return output.out.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What kubectl prints, for a condition that is still being waited for: a failure is only not yet.
    func read(_ arguments: String...) async throws -> String {
        try await kubectl(arguments).out.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @discardableResult
    func apply(_ manifest: String, at location: SourceLocation = #_sourceLocation) async throws -> String {
        try await succeed("apply", "-f", "-", input: manifest, at: location)
    }

    /// One field of objects by JSON path, split at blanks.
    func fields(_ path: String, _ arguments: String...) async throws -> [String] {
        try await kubectl(["get", "-o", "jsonpath={\(path)}"] + arguments).out.split(separator: " ").map(String.init)
    }
}
