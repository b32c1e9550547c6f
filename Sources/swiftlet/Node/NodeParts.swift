import Client
import ContainerRuntime
import DNS
import ImageStore
import KubernetesAPI
import Linux
import Logging
import Node
import PodNetwork
import Proxy

/// What makes this machine a node: its agent with everything under it, Services and DNS for its pods.
struct NodeParts: Sendable {
    private let informers: Informers
    private let agent: NodeAgent
    private let proxy: ServiceProxy
    private let gate: DrainGate
    private let dns: DNSServer
    private let network: PodNetwork
    private let cgroups: CgroupTree
    private let isDelegated: Bool
    private let runDirectory: String
    private let logger = Logger(label: "swiftlet")

    /// - Parameter peerCredentials: what other nodes are shown.
    init(
        _ configuration: NodeSettings, client: any Client,
        peerCredentials: @escaping @Sendable () async throws -> PeerCredentials,
        clock: any WallClock
    ) throws {
        let instance = Host.instance(runDirectory: configuration.runDirectory)
        runDirectory = configuration.runDirectory
        let delegated = try Installation.delegatedCgroup(runDirectory: configuration.runDirectory)
        isDelegated = delegated != nil
        cgroups = try CgroupTree.open(instance: instance, delegated: delegated)
        for missing in cgroups.missing { logger.warning("cgroup controller \(missing.controller): \(missing.reason)") }
        let runtime = try ContainerRuntime(
            RuntimeConfiguration(
                runDirectory: configuration.runDirectory, dataDirectory: configuration.dataDirectory, cgroup: cgroups,
                supervisorPath: try Installation.supervisor()),
            logger: Logger(label: "runtime"))
        let range = configuration.podCIDR
        network = try PodNetwork(
            .init(
                podCIDR: range, clusterCIDR: configuration.clusterCIDR, tableName: "swiftlet-\(instance)",
                stateDirectory: configuration.runDirectory + "/network"),
            logger: Logger(label: "network"))
        let images = try ImageStore(dataDirectory: configuration.dataDirectory, logger: Logger(label: "images"))
        try Self.importDropped(images, logger)

        informers = Informers(client, clock: clock, logger: Logger(label: "informers"))
        proxy = try ServiceProxy(
            configuration: ProxyConfiguration(
                nodeName: configuration.nodeName, nodeAddress: configuration.address,
                podCIDR: configuration.clusterCIDR,
                nodePodCIDR: range, serviceCIDR: configuration.serviceCIDR, dnsAddress: configuration.dnsAddress,
                tableName: "swiftlet-proxy-\(instance)", interfaceName: "svc-\(instance)"),
            informers: informers, clock: clock, logger: Logger(label: "proxy"))
        gate = DrainGate(proxy)
        dns = try DNSServer(
            configuration: DNSConfiguration(
                address: configuration.dnsAddress, serviceCIDR: configuration.serviceCIDR,
                podCIDR: configuration.clusterCIDR),
            informers: informers, clock: clock, logger: Logger(label: "dns"))

        var node = NodeConfiguration(
            nodeName: configuration.nodeName, nodeAddress: configuration.address,
            dataDirectory: configuration.dataDirectory,
            podLogDirectory: configuration.logDirectory, podCIDR: range.description, version: Version.swiftlet)
        node.endpointPort = Int32(configuration.endpointPort)
        node.adviceWithoutServer = configuration.server.map {
            "the server \($0) does not answer; pods go on. If it has another address now: swiftlet agent --server "
                + "https://ADDRESS:PORT, once"
        }
        node.clusterDNS = .init(nameservers: [configuration.dnsAddress.description])
        agent = NodeAgent(
            configuration: node, informers: informers, runtime: runtime, network: network, images: images,
            draining: GateDraining(gate: gate, clock: clock),
            checks: Self.checks(configuration.runDirectory, delegated: isDelegated), peerCredentials: peerCredentials,
            clock: clock,
            logger: Logger(label: "node"))
    }

    /// To be stopped from the last to the first: pods that are told to stop want the proxy, and all want the copies.
    var parts: [Part] {
        [Part("informers", informers.run), Part("proxy", proxy.run), Part("dns", dns.run), Part("node", agent.run)]
    }

    /// Ends the node's pods because the machine goes down.
    @Sendable func shutDown() async { await agent.shutDown() }

    var podStreams: any PodStreams { agent.podStreams }
    var imageServing: any ImageServing { agent.imageServing }

    /// A node that has no pods leaves nothing on the machine; one that has leaves what they need to go on.
    func leave() {
        do {
            guard try SystemKernel().directories(in: runDirectory + "/pods").isEmpty else { return }
            try proxy.tearDown()
            try network.tearDown()
            // A delegated cgroup is the service manager's to remove, and its holder's leaf is in it.
            if !isDelegated { try cgroups.remove(delegated: false) }
        } catch { logger.warning("something is left behind: \(error)") }
    }

    /// What the node agent asks about its host at every heartbeat.
    private static func checks(_ runDirectory: String, delegated: Bool) -> NodeChecks {
        NodeChecks {
            guard delegated else { return nil }
            do {
                if try Installation.delegatedCgroup(runDirectory: runDirectory) != nil { return nil }
            } catch { return "\(error)" }
            return "swiftlet-pods.service is not running: systemctl start swiftlet-pods"
        }
    }

    /// Tarballs that administrators dropped into DATA-DIR/images. Before the node starts pods that want them; one that is
    /// refused is said at each start and stops nothing else.
    private static func importDropped(_ images: ImageStore, _ logger: Logger) throws {
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

/// Pods wait at the proxy's gate before their containers are told to stop.
private struct GateDraining: PodDraining {
    let gate: DrainGate
    let clock: any WallClock

    func drain(_ pod: Pod, within grace: Duration) async {
        // The other half is for the containers' own end, however short the grace.
        let half = clock.now().microseconds + Int64(grace / 2 / .microseconds(1))
        await gate.waitUntilDrained(pod: pod, deadline: MicroTime(microseconds: half))
    }
}
