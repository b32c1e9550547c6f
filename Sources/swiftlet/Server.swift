import APIServer
import Client
import ContainerRuntime
import Controllers
import ImageStore
import KubernetesAPI
import Linux
import Logging
import Node
import PodNetwork
import Scheduler
import ServiceLifecycle
import UnixSignals

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
            path: configuration.dataDirectory + "/state.db", clock: clock, logger: Logger(label: "registry"))
        let client = InProcessClient(registry)
        let (node, leave) = try makeNode(client: client, clock: clock)
        let api = APIServer(
            configuration: APIServerConfiguration(
                dataDirectory: configuration.dataDirectory, listenAddress: configuration.listenAddress,
                listenPort: configuration.listenPort, nodeName: configuration.nodeName, nodeIP: configuration.nodeIP,
                serviceIP: configuration.serviceIP, clock: clock),
            registry: registry,
            podStreams: { pod in pod.spec.nodeName == configuration.nodeName ? node.podStreams : nil },
            logger: Logger(label: "api"))
        let controllers = ControllerManager(
            client: client, volumesDirectory: configuration.dataDirectory + "/volumes", clock: clock,
            logger: Logger(label: "controllers"))
        let scheduler = Scheduler(client: client, clock: clock, logger: Logger(label: "scheduler"))

        try await api.start()

        // Stopped from the last to the first: the node writes its last statuses while the server still takes them.
        let parts: [any ServiceLifecycle.Service] = [
            Closing { leave() },
            Closing { await registry.close() },
            Closing { await api.stop() },
            Part("controllers", controllers.run),
            Part("scheduler", scheduler.run),
            Part("node", node.run),
            // Last, so that it is the first to hear of a stop.
            Announcer(manager: manager) {
                // An answer shows that the store's lock and the concurrency pool are alive; which answer is no matter.
                do { _ = try await client.list(Namespace.self, ListOptions()) } catch { return false }
                return true
            },
        ]
        let group = ServiceGroup(
            configuration: .init(
                services: parts.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
            ))
        try await group.run()
    }

    private func makeDirectories() throws {
        for path in [configuration.dataDirectory, configuration.runDirectory] {
            try SystemKernel().makeDirectories(path, mode: 0o700)
        }
    }

    private func makeNode(client: any Client, clock: any WallClock) throws -> (NodeAgent, leave: @Sendable () -> Void) {
        let instance = Host.instance(runDirectory: configuration.runDirectory)
        let delegated = try Installation.delegatedCgroup(runDirectory: configuration.runDirectory)
        let tree = try CgroupTree.open(instance: instance, delegated: delegated)
        let runtime = try ContainerRuntime(
            RuntimeConfiguration(
                runDirectory: configuration.runDirectory, dataDirectory: configuration.dataDirectory, cgroup: tree,
                supervisorPath: try Installation.supervisor()),
            logger: Logger(label: "runtime"))
        for missing in tree.missing { logger.warning("cgroup controller \(missing.controller): \(missing.reason)") }
        let range = configuration.nodePodCIDR
        let network = try PodNetwork(
            .init(
                podCIDR: range, clusterCIDR: configuration.podCIDR, tableName: "swiftlet-\(instance)",
                stateDirectory: configuration.runDirectory + "/network"),
            logger: Logger(label: "network"))
        let images = try ImageStore(dataDirectory: configuration.dataDirectory, logger: Logger(label: "images"))
        try importDropped(images)
        let node = NodeAgent(
            configuration: NodeConfiguration(
                nodeName: configuration.nodeName, nodeIP: configuration.nodeIP,
                dataDirectory: configuration.dataDirectory, podLogDirectory: configuration.logDirectory,
                podCIDR: range.description, version: Version.swiftlet),
            client: client, runtime: runtime, network: network, images: images,
            draining: NothingToDrain(), checks: checks(delegated: delegated != nil),
            clock: clock, logger: Logger(label: "node"))
        return (node, { leave(network, tree, delegated: delegated != nil) })
    }

    /// A node that has no pods leaves nothing on the machine; one that has leaves what they need to go on.
    private func leave(_ network: PodNetwork, _ tree: CgroupTree, delegated: Bool) {
        do {
            guard try SystemKernel().directories(in: configuration.runDirectory + "/pods").isEmpty else { return }
            try network.tearDown()
            // A delegated cgroup is the service manager's to remove, and its holder's leaf is in it.
            if !delegated { try tree.remove(delegated: false) }
        } catch { logger.warning("something is left behind: \(error)") }
    }

    /// What the node agent asks about its host at every heartbeat.
    private func checks(delegated: Bool) -> NodeChecks {
        let configuration = configuration
        return NodeChecks {
            guard delegated else { return nil }
            do {
                if try Installation.delegatedCgroup(runDirectory: configuration.runDirectory) != nil { return nil }
            } catch { return "\(error)" }
            return "swiftlet-pods.service is not running: systemctl start swiftlet-pods"
        }
    }

    /// Tarballs that administrators dropped into DATA-DIR/images. Before the node starts pods that want them; one that is
    /// refused is said at each start and stops nothing else.
    private func importDropped(_ images: ImageStore) throws {
        for outcome in try images.importDropped() {
            switch outcome.result {
            case .imported(let image):
                logger.info("imported \(outcome.path) as \(image.names.joined(separator: ", "))")
            case .unchanged: break
            case .failed(let reason): logger.error("\(reason)")
            }
        }
    }
}

/// No Service leads connections to pods.
private struct NothingToDrain: PodDraining {
    func drain(_ pod: Pod, within grace: Duration) async {}
}
