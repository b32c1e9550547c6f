public import Client
import KubernetesAPI
import Linux
public import Logging
import Synchronization

/// A node's Services: follows them and their endpoints, and keeps the node's nftables table and interface as they say.
///
/// Everything is made in the network namespace of the thread that called `init`.
public final class ServiceProxy: Sendable {
    let configuration: ProxyConfiguration
    let informers: Informers
    let clock: any WallClock
    let logger: Logger
    let netfilter: NetfilterSocket
    /// Connection tracking by a socket of its own: its dumps are long, and no transaction is to wait behind one.
    let conntrack: NetfilterSocket
    private let namespace: NetworkNamespace
    private let interface: ServiceInterface
    let services: Informer<Service>
    let slices: Informer<EndpointSlice>
    let nodes: Informer<Node>
    private let pods: Informer<Pod>
    let pending = PendingChanges()
    /// Of EndpointSlices, and of Services.
    let applied = AppliedRevision()
    let appliedServices = AppliedRevision()
    private let report: AppliedReport
    /// The table in the kernel that is this daemon's.
    private let table = Mutex<String?>(nil)

    /// - Parameter informers: the node's; somebody else runs them.
    /// - throws: `SystemError`.
    public init(
        configuration: ProxyConfiguration, informers: Informers, clock: any WallClock = SystemClock(), logger: Logger
    ) throws {
        self.configuration = configuration
        self.informers = informers
        self.clock = clock
        self.logger = logger
        namespace = try NetworkNamespace.current()
        netfilter = try NetfilterSocket.open()
        conntrack = try NetfilterSocket.open()
        interface = ServiceInterface(configuration: configuration, socket: try RouteSocket.open())
        try interface.setUp(logger)
        services = informers(Service.self)
        slices = informers(EndpointSlice.self)
        nodes = informers(Node.self)
        pods = informers(Pod.self, .pods(on: configuration.nodeName))
        report = AppliedReport(
            nodeName: configuration.nodeName, client: informers.client, clock: clock, logger: logger)
        follow()
    }

    /// Keeps the kernel as the API says, until the task is cancelled. What is in the kernel stays, for the next daemon.
    public func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await self.report.run() }
            group.addTask { try await self.work() }
            group.addTask { await self.watchOverTable() }
        }
    }

    /// Removes the table and the interface. Called when the node has no pods.
    /// - throws: `SystemError`.
    public func tearDown() throws {
        for table in configuration.tableNames { try netfilter.commit(Skeleton.remove(table: table)) }
        try interface.tearDown()
    }

    var currentTable: String? { table.withLock { $0 } }

    private func follow() {
        let pending = pending
        let nodeName = configuration.nodeName
        services.onChange { pending.service($0, $1) }
        slices.onChange { pending.slice($0, $1) }
        nodes.onChange { old, new in
            guard (new ?? old)?.metadata.name == nodeName, old?.ownAddresses != new?.ownAddresses else { return }
            pending.everything()
        }
        configuration.nodeAddress.onChange { [weak self] _ in
            self?.lookAfterInterface()
            pending.everything()
        }
        pods.onChange { old, new in
            // Most pods have no hostPort, and their changes are none.
            guard old?.hasHostPort == true || new?.hasHostPort == true, let name = (new ?? old)?.objectName else {
                return
            }
            pending.pod(name)
        }
    }

    private func work() async throws {
        // Until everything is known the table of the daemon before this one does better than half of the new one.
        try await services.waitUntilSynced()
        try await slices.waitUntilSynced()
        try await nodes.waitUntilSynced()
        try await pods.waitUntilSynced()
        var worker = ProxyWorker(self)
        pending.everything()
        var delay = Duration.milliseconds(20)
        for await _ in pending.signals {
            let changes = pending.take()
            do {
                let stale = try worker.apply(changes)
                delay = .milliseconds(20)
                if currentTable == nil { countPackets() }
                table.withLock { $0 = worker.name }
                appliedServices.advance(through: changes.serviceRevision)
                applied.advance(through: changes.revision)
                if changes.hasDepartures { report.applied(through: changes.revision) }
                forget(stale, worker)
            } catch {
                logger.error("cannot apply Services to the kernel, making the table anew in \(delay): \(error)")
                do { try await clock.sleep(for: delay) } catch { return }
                delay = min(delay * 2, .seconds(5))
                var again = changes
                again.everything = true
                pending.giveBack(again)
            }
        }
    }

    /// Somebody who flushes the machine's ruleset takes the table with it, and the kernel tells nobody in particular: a look
    /// at one chain every few seconds is cheaper than to hear of every element that changes.
    private func watchOverTable() async {
        while true {
            do { try await clock.sleep(for: .seconds(3)) } catch { return }
            lookAfterInterface()
            guard let table = currentTable else { continue }
            do {
                guard try netfilter.ruleCount(of: Skeleton.sentinelChain, in: table) == 0 else { continue }
                // It may just have been replaced.
                guard currentTable == table else { continue }
                logger.warning("somebody emptied table \(table): making it anew")
                pending.everything()
            } catch {
                logger.warning("cannot see whether table \(table) is still there: \(error)")
            }
        }
    }

    /// The route to Services goes with the address that is its source, also when the same address comes back at once.
    private func lookAfterInterface() {
        do { if try !interface.isWhole() { try interface.setUp(logger) } } catch {
            logger.warning("the host's own connections to Services may not find their way: \(error)")
        }
    }

    /// Lets connection tracking count packets, so that a drain can tell a connection in use from one that idles. After the
    /// first table: on a machine that has translated no address since it booted the setting is not there before.
    private func countPackets() {
        do {
            try namespace.run { () throws(SystemError) in
                if try Sysctl.read("net.netfilter.nf_conntrack_acct") != "1" {
                    try Sysctl.write("1", to: "net.netfilter.nf_conntrack_acct")
                }
            }
        } catch {
            logger.warning("packets of connections are not counted, a drain goes by their timeouts: \(error)")
        }
    }

    /// UDP flows outlive their endpoint in connection tracking for as long as the client goes on sending.
    private func forget(_ stale: Set<Frontend>, _ worker: ProxyWorker) {
        guard !stale.isEmpty else { return }
        do {
            for flow in try conntrack.connections(transportProtocol: TransportProtocol.udp.rawValue) {
                let frontend = Frontend(
                    address: flow.original.destination, protocol: .udp, port: flow.original.destinationPort)
                var outside = frontend
                outside.scope = .outside
                guard stale.contains(frontend) || stale.contains(outside) else { continue }
                let target = Target(address: flow.reply.source, port: flow.reply.sourcePort)
                if worker.targets(of: frontend).contains(target) || worker.targets(of: outside).contains(target) {
                    continue
                }
                try conntrack.forget(flow)
            }
        } catch {
            logger.warning("UDP clients may go on sending to endpoints that are gone: \(error)")
        }
    }

    /// To be set before `run`: called after a slice, or what the kernel has of them, changed.
    func onEndpointProgress(_ listener: @escaping @Sendable (DrainEvent) -> Void) {
        slices.onChange { old, new in
            for service in Set([old?.serviceName, new?.serviceName].compactMap { $0 }) {
                listener(.endpoints(of: service))
            }
        }
        applied.onAdvance { listener(.applied) }
    }

    func facts() -> NodeFacts {
        let own = nodes.get(ObjectName(configuration.nodeName))?.ownAddresses ?? []
        return NodeFacts(name: configuration.nodeName, addresses: Set(own + [configuration.nodeIP]).sorted())
    }

    func hostPortPods() -> [Pod] { pods.list().filter(\.hasHostPort) }
    func pod(_ name: ObjectName) -> Pod? { pods.get(name) }
}

extension Node {
    /// At which node ports answer.
    fileprivate var ownAddresses: [IPv4Address] {
        (status.addresses ?? []).filter { $0.type == "InternalIP" || $0.type == "ExternalIP" }
            .compactMap { IPv4Address($0.address) }
    }
}

extension Pod {
    fileprivate var hasHostPort: Bool {
        spec.hostNetwork != true
            && (spec.containers + (spec.initContainers ?? [])).contains { container in
                (container.ports ?? []).contains { ($0.hostPort ?? 0) != 0 }
            }
    }
}
