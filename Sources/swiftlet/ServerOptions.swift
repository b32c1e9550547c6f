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

    @Option(help: "This node's address. (default: that of the default route)")
    var nodeIp: String?

    @Option(help: "The range that pods get their addresses from. (default: 10.42.0.0/16)")
    var podCidr: String?

    @Option(help: "The range of Services' addresses. (default: 10.43.0.0/16)")
    var serviceCidr: String?

    @Option(help: ArgumentHelp("A YAML file with these same names.", valueName: "file"))
    var config: String?
}

/// The options with every gap filled and every value checked.
struct ServerConfiguration {
    var dataDirectory: String
    var runDirectory: String
    var listenAddress: String
    var listenPort: Int
    var nodeName: String
    var nodeIP: String
    var podCIDR: IPv4Range
    var serviceCIDR: IPv4Range

    /// Log collectors look for pods' logs in /var/log/pods; a second instance on the machine must not mix its own in.
    var logDirectory: String {
        dataDirectory == Self.defaultDataDirectory ? "/var/log/pods" : dataDirectory + "/log/pods"
    }

    /// This node's part of the pod range: a node gets 256 addresses, as kubeadm hands them out, or all if there are fewer.
    var nodePodCIDR: IPv4Range { IPv4Range(podCIDR.network, prefix: max(podCIDR.prefix, 24)) ?? podCIDR }

    /// Checked when it was read.
    var nodeAddress: IPv4Address { IPv4Address(nodeIP)! }

    /// The tenth address of the Service range answers cluster DNS, as in most clusters.
    var dnsAddress: IPv4Address { IPv4Address(rawValue: serviceCIDR.network.rawValue + 10) }

    /// The first address of the Service range is the API server's own.
    var serviceIP: String { IPv4Address(rawValue: serviceCIDR.network.rawValue + 1).description }

    static let defaultDataDirectory = "/var/lib/swiftlet"
    private static let names = ["data-dir", "run-dir", "listen", "node-name", "node-ip", "pod-cidr", "service-cidr"]

    init(_ options: ServerOptions) throws {
        let file = try options.config.map { try ConfigFile.read($0, allowed: Self.names) } ?? [:]
        dataDirectory = try Self.directory("data-dir", options.dataDir ?? file["data-dir"] ?? Self.defaultDataDirectory)
        runDirectory = try Self.directory("run-dir", options.runDir ?? file["run-dir"] ?? "/run/swiftlet")
        (listenAddress, listenPort) = try Self.endpoint(options.listen ?? file["listen"] ?? "127.0.0.1:6443")
        nodeName = try Self.node(options.nodeName ?? file["node-name"] ?? Host.name())
        let address = try options.nodeIp ?? file["node-ip"] ?? Host.defaultAddress()
        guard IPv4Address(address) != nil else {
            throw ValidationError("node-ip: \(address) is not an IPv4 address")
        }
        nodeIP = address
        podCIDR = try Self.range("pod-cidr", options.podCidr ?? file["pod-cidr"] ?? "10.42.0.0/16")
        serviceCIDR = try Self.range("service-cidr", options.serviceCidr ?? file["service-cidr"] ?? "10.43.0.0/16")
        guard !podCIDR.contains(serviceCIDR.network), !serviceCIDR.contains(podCIDR.network) else {
            throw ValidationError("pod-cidr \(podCIDR) and service-cidr \(serviceCIDR) overlap: choose ranges apart")
        }
    }

    /// Absolute, because the daemon's working directory is nobody's promise and every path ends up in records.
    private static func directory(_ name: String, _ path: String) throws -> String {
        guard path.hasPrefix("/"), path.count > 1 else {
            throw ValidationError("\(name): \(path) is not an absolute path")
        }
        return path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    private static func endpoint(_ text: String) throws -> (String, Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port), IPv4Address(String(text[..<colon])) != nil
        else { throw ValidationError("listen: \(text) is not an IPv4 ADDRESS:PORT such as 127.0.0.1:6443") }
        return (String(text[..<colon]), port)
    }

    private static func range(_ name: String, _ text: String) throws -> IPv4Range {
        guard let range = IPv4Range(text) else {
            throw ValidationError("\(name): \(text) is not an IPv4 range such as 10.42.0.0/16")
        }
        return range
    }

    /// A node's name is also a label's value and part of object names: RFC 1123, lower case.
    private static func node(_ name: String) throws -> String {
        let name = name.lowercased()
        let plain = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: ".")
        }
        guard plain, let first = name.first, first != "-", first != ".", name.last != "-", name.last != ".",
            name.count <= 63
        else {
            throw ValidationError(
                "node-name: \(name) must be at most 63 of a-z, 0-9, '-' and '.', and begin and end with a letter or digit"
            )
        }
        return name
    }
}
