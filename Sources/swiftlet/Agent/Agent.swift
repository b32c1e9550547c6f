import APIServer
import Client
import Glibc
import KubernetesAPI
import Linux
import Logging
import Node
import RemoteClient
import ServiceLifecycle

/// A further node: everything that makes a machine a node, with the API reached over HTTPS.
struct Agent {
    private let configuration: AgentConfiguration
    private let logger = Logger(label: "swiftlet")

    init(_ configuration: AgentConfiguration) { self.configuration = configuration }

    func run() async throws {
        for path in [configuration.dataDirectory, configuration.runDirectory] {
            try SystemKernel().makeDirectories(path, mode: 0o700)
        }
        guard access(configuration.dataDirectory + "/state.db", F_OK) != 0 else {
            throw Joining.Failure(
                description: "\(configuration.dataDirectory) is a server's: give the agent a --data-dir of its own")
        }
        let clock = SystemClock()
        let membership = try await Joining(configuration: configuration, clock: clock, logger: logger).membership()
        guard let endpoint = ServerEndpoint(url: membership.server) else {
            throw Joining.Failure(description: "\(membership.server) is no server's address: give --server")
        }
        let transport = try HTTPTransport(
            endpoint, trust: .authority(membership.authority), identity: membership.identity)
        let client = RemoteClient(transport)
        let settings = try NodeSettings(configuration, membership)
        settings.address.onChange { _ in transport.reconnect() }
        let node = try NodeParts(
            settings, client: client,
            peerCredentials: {
                // Read anew, because it may have been renewed.
                let own = try Membership.load(configuration.dataDirectory) ?? membership
                return PeerCredentials(authority: own.authority, identity: own.identity)
            }, clock: clock)
        let server = try NodeServer(
            node: membership.node, port: configuration.endpointPort, authority: membership.authority,
            certificate: membership.certificate, key: membership.key, client: client, streams: node.podStreams,
            images: node.imageServing, clock: clock, logger: Logger(label: "endpoint"))
        try await server.start()
        let renewal = Renewal(
            dataDirectory: configuration.dataDirectory, transport: transport, endpoint: server, clock: clock,
            logger: logger)

        // Stopped from the last to the first. The server need not be there: what runs goes on without it.
        let parts: [any ServiceLifecycle.Service] =
            [
                Closing { node.leave() }, Closing { await server.stop() },
                Part("renewal", { try await renewal.run(membership) }),
            ] + node.parts
            + [
                MachineShutdown(
                    nodeName: configuration.nodeName, client: client, manager: ServiceManager(), endPods: node.shutDown),
                Announcer(manager: ServiceManager()) { true },
            ]
        try await Services(parts, logger: logger).run()
    }
}
