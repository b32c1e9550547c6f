import APIServer
import Client
import Controllers
import KubernetesAPI
import Linux
import Logging
import Node
import Scheduler
import ServiceLifecycle

/// Control plane and node in one process: everything is made here, started in order and stopped in reverse.
struct Server {
    private let configuration: ServerConfiguration
    private let logger = Logger(label: "swiftlet")

    init(_ configuration: ServerConfiguration) { self.configuration = configuration }

    func run() async throws {
        try makeDirectories()
        let manager = ServiceManager()
        let clock = SystemClock()
        // The store first: it holds the lock on the data directory, so that a second daemon stops here and touches nothing.
        let registry = try await Registry(
            path: configuration.dataDirectory + "/state.db", serviceCIDR: configuration.serviceCIDR.description,
            settings: configuration.nodeLife.admission, clock: clock, logger: Logger(label: "registry"))
        let client = InProcessClient(registry)
        let settings = try NodeSettings(configuration, known: try await knownRange(client))
        let node = try NodeParts(
            settings, client: client,
            peerCredentials: {
                let own = try ServerNodeIdentity(
                    dataDirectory: configuration.dataDirectory, node: configuration.nodeName, clock: clock)
                return PeerCredentials(authority: own.authority, identity: own.identity)
            }, clock: clock)
        let api = APIServer(
            configuration: APIServerConfiguration(
                dataDirectory: configuration.dataDirectory, listenAddress: configuration.listenAddress,
                listenPort: configuration.listenPort, nodeName: configuration.nodeName,
                nodeIP: settings.address.current.description,
                serviceIP: configuration.serviceIP, podRange: configuration.podRange(of:),
                network: ClusterNetwork(
                    podCIDR: configuration.podCIDR.description, serviceCIDR: configuration.serviceCIDR.description,
                    dnsAddress: configuration.dnsAddress.description), clock: clock),
            registry: registry,
            podStreams: { pod in pod.spec.nodeName == configuration.nodeName ? node.podStreams : nil },
            images: node.imageServing,
            logger: Logger(label: "api"))
        let controllers = ControllerManager(
            client: client, volumesDirectory: configuration.dataDirectory + "/volumes",
            nodeLife: NodeLifecycleSettings(grace: .seconds(configuration.nodeLife.grace)), clock: clock,
            logger: Logger(label: "controllers"))
        let scheduler = Scheduler(client: client, clock: clock, logger: Logger(label: "scheduler"))

        // In the order in which they come, each as a whole.
        let (moves, moved) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
        settings.address.onChange { moved.yield($0.description) }

        try await api.start()

        // Stopped from the last to the first: the node writes its last statuses while the server still takes them.
        let before: [any ServiceLifecycle.Service] = [
            Closing { node.leave() },
            Closing { await registry.close() },
            Closing { await api.stop() },
            Part("address") { for await address in moves { await api.nodeMoved(to: address) } },
            Part("controllers", controllers.run),
            Part("scheduler", scheduler.run),
        ]
        let shutdown = MachineShutdown(
            nodeName: configuration.nodeName, client: client, manager: manager, endPods: node.shutDown)
        // Last, so that it is the first to hear of a stop.
        let last: any ServiceLifecycle.Service =
            Announcer(manager: manager) {
                // An answer shows that the store's lock and the concurrency pool are alive; which answer is no matter.
                do { _ = try await client.list(Namespace.self, ListOptions()) } catch { return false }
                return true
            }
        try await Services(before + node.parts + [shutdown, last], logger: logger).run()
    }

    /// What this node's pods have their addresses from already.
    private func knownRange(_ client: any Client) async throws -> String? {
        do { return try await client.get(Node.self, ObjectName(configuration.nodeName)).spec.podCIDR } catch let error
            as APIError where error.isNotFound
        { return nil }
    }

    private func makeDirectories() throws {
        for path in [configuration.dataDirectory, configuration.runDirectory] {
            try SystemKernel().makeDirectories(path, mode: 0o700)
        }
    }
}
