import ArgumentParser
import Linux
import RemoteClient

/// What `swiftlet agent` is told, by flags or by a file of the same names; flags win.
struct AgentOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the server is. Wanted once: it is remembered.", valueName: "https://host:port"))
    var server: String?

    @Option(help: "What `swiftlet token create` printed on the server. Wanted once: later starts show a certificate.")
    var token: String?

    @Option(help: "Where everything that lasts is kept. (default: /var/lib/swiftlet)")
    var dataDir: String?

    @Option(help: "Where sockets and what dies with a reboot are kept. (default: /run/swiftlet)")
    var runDir: String?

    @Option(help: "This node's name. (default: the host name)")
    var nodeName: String?

    @Option(help: "This node's address. (default: that of the default route, followed when it changes)")
    var nodeIp: String?

    @Option(help: "The port at which the server and other nodes reach this one. (default: 10250)")
    var endpointPort: Int?

    @Option(help: ArgumentHelp("A YAML file with these same names.", valueName: "file"))
    var config: String?
}

/// The options with every gap filled and every value checked.
struct AgentConfiguration: Sendable {
    /// Nil: the one that was given when this machine joined.
    var server: ServerEndpoint?
    var token: JoinToken?
    var dataDirectory: String
    var runDirectory: String
    var nodeName: String
    /// Nil: that of the default route, followed when it changes.
    var nodeAddress: IPv4Address?
    var endpointPort: Int

    private static let names = ["server", "token", "data-dir", "run-dir", "node-name", "node-ip", "endpoint-port"]

    init(_ options: AgentOptions) throws {
        let file = try options.config.map { try ConfigFile.read($0, allowed: Self.names) } ?? [:]
        server = try (options.server ?? file["server"]).map { text in
            guard let endpoint = ServerEndpoint(url: text) else {
                throw ValidationError("server: \(text) is not an address such as https://192.0.2.1:6443")
            }
            return endpoint
        }
        token = try (options.token ?? file["token"]).map { text in
            guard let token = JoinToken(text) else {
                throw ValidationError(
                    "token: this is not ID.SECRET.HASH as `swiftlet token create` prints it on the server")
            }
            return token
        }
        dataDirectory = try Checked.directory(
            "data-dir", options.dataDir ?? file["data-dir"] ?? Installation.dataDirectory)
        runDirectory = try Checked.directory("run-dir", options.runDir ?? file["run-dir"] ?? "/run/swiftlet")
        nodeName = try Checked.node(options.nodeName ?? file["node-name"] ?? Host.name())
        let port = options.endpointPort.map(String.init) ?? file["endpoint-port"] ?? "10250"
        guard let number = Int(port), (1...65_535).contains(number) else {
            throw ValidationError("endpoint-port: \(port) is not a port")
        }
        endpointPort = number
        nodeAddress = try (options.nodeIp ?? file["node-ip"]).map { try Checked.address("node-ip", $0) }
    }
}
