import ArgumentParser
import Linux

/// What `swiftlet server` is told, by flags or by a file of the same names; flags win.
struct ServerOptions: ParsableArguments {
    @Option(help: "Where everything that lasts is kept. (default: /var/lib/swiftlet)")
    var dataDir: String?

    @Option(help: "Where sockets and what dies with a reboot are kept. (default: /run/swiftlet)")
    var runDir: String?

    @Option(help: ArgumentHelp("Where the API is served. (default: 127.0.0.1:6443)", valueName: "address:port"))
    var listen: String?

    @Option(help: "This node's name. (default: the host name)")
    var nodeName: String?

    @Option(help: "This node's address. (default: that of the default route, followed when it changes)")
    var nodeIp: String?

    @Option(help: "The range that pods get their addresses from. (default: 10.42.0.0/16)")
    var podCidr: String?

    @Option(help: "The range of Services' addresses. (default: 10.43.0.0/16)")
    var serviceCidr: String?

    @Option(
        help: ArgumentHelp("Seconds between two signs of life of every node. (default: 10)", valueName: "seconds"))
    var nodeHeartbeat: String?

    @Option(
        help: ArgumentHelp(
            "Seconds without a sign after which a node counts as lost. (default: four heartbeats)",
            valueName: "seconds"))
    var nodeMonitorGracePeriod: String?

    @Option(
        help: ArgumentHelp(
            "Seconds that pods stay on a lost node, where they do not say themselves. (default: 300)",
            valueName: "seconds"))
    var defaultTolerationSeconds: String?

    @Option(help: ArgumentHelp("A YAML file with these same names.", valueName: "file"))
    var config: String?
}

/// The options with every gap filled and every value checked.
struct ServerConfiguration: Sendable {
    var dataDirectory: String
    var runDirectory: String
    var listenAddress: String
    var listenPort: Int
    var nodeName: String
    /// Nil: that of the default route, followed when it changes.
    var nodeAddress: IPv4Address?
    var podCIDR: IPv4Range
    var serviceCIDR: IPv4Range
    var nodeLife: NodeLife

    /// This node's part of the pod range: a node gets 256 addresses, as kubeadm hands them out, or all if there are fewer.
    var nodePodCIDR: IPv4Range { IPv4Range(podCIDR.network, prefix: max(podCIDR.prefix, 24)) ?? podCIDR }

    /// The same for the node of any number, this one's being 0; nil when the pod range has no more.
    func podRange(of number: Int) -> String? {
        let size: UInt64 = 1 << (32 - UInt64(nodePodCIDR.prefix))
        let first = UInt64(podCIDR.network.rawValue) + UInt64(number) * size
        guard first + size <= UInt64(podCIDR.network.rawValue) + 1 << (32 - UInt64(podCIDR.prefix)) else { return nil }
        return IPv4Range(IPv4Address(rawValue: UInt32(first)), prefix: nodePodCIDR.prefix)?.description
    }

    /// The tenth address of the Service range answers cluster DNS, as in most clusters.
    var dnsAddress: IPv4Address { IPv4Address(rawValue: serviceCIDR.network.rawValue + 10) }

    /// The first address of the Service range is the API server's own.
    var serviceIP: String { IPv4Address(rawValue: serviceCIDR.network.rawValue + 1).description }

    private static let names =
        [
            "data-dir", "run-dir", "listen", "node-name", "node-ip", "pod-cidr", "service-cidr",
        ] + NodeLife.names

    init(_ options: ServerOptions) throws {
        let file = try options.config.map { try ConfigFile.read($0, allowed: Self.names) } ?? [:]
        dataDirectory = try Checked.directory(
            "data-dir", options.dataDir ?? file["data-dir"] ?? Installation.dataDirectory)
        runDirectory = try Checked.directory("run-dir", options.runDir ?? file["run-dir"] ?? "/run/swiftlet")
        (listenAddress, listenPort) = try Checked.endpoint(options.listen ?? file["listen"] ?? "127.0.0.1:6443")
        nodeName = try Checked.node(options.nodeName ?? file["node-name"] ?? Host.name())
        nodeAddress = try (options.nodeIp ?? file["node-ip"]).map { try Checked.address("node-ip", $0) }
        nodeLife = try NodeLife(
            heartbeat: options.nodeHeartbeat ?? file["node-heartbeat"],
            grace: options.nodeMonitorGracePeriod ?? file["node-monitor-grace-period"],
            toleration: options.defaultTolerationSeconds ?? file["default-toleration-seconds"])
        podCIDR = try Checked.range("pod-cidr", options.podCidr ?? file["pod-cidr"] ?? "10.42.0.0/16")
        serviceCIDR = try Checked.range("service-cidr", options.serviceCidr ?? file["service-cidr"] ?? "10.43.0.0/16")
        guard !podCIDR.contains(serviceCIDR.network), !serviceCIDR.contains(podCIDR.network) else {
            throw ValidationError("pod-cidr \(podCIDR) and service-cidr \(serviceCIDR) overlap: choose ranges apart")
        }
    }
}
