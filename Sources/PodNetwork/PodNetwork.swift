import Glibc
public import Linux
public import Logging
import Synchronization

/// The node's pods on the network: an address each, a veth pair each, routes, and masquerading to the outside.
///
/// Interfaces are made in the network namespace of the thread that called `init`; `setUp` and `tearDown` act in that of
/// their caller.
public final class PodNetwork: Sendable {
    public struct Configuration: Sendable {
        /// This node's part of the pod range: `10.42.0.0/24`.
        public var podCIDR: IPv4Range
        /// All nodes' pods. Traffic within is not masqueraded.
        public var clusterCIDR: IPv4Range
        /// The nftables table, unique an instance; interfaces are named and noted after it too.
        public var tableName: String
        /// Where the order of releases is remembered: `RUN-DIR/network`. Made when it is not there.
        public var stateDirectory: String

        public init(podCIDR: IPv4Range, clusterCIDR: IPv4Range? = nil, tableName: String, stateDirectory: String) {
            self.podCIDR = podCIDR
            self.clusterCIDR = clusterCIDR ?? podCIDR
            self.tableName = tableName
            self.stateDirectory = stateDirectory
        }
    }

    public let configuration: Configuration
    /// The first address of the range: every pod's way out. Each host-side interface carries it as /32, so that it goes with
    /// the last of them.
    public let gateway: IPv4Address
    let socket: RouteSocket
    let tunnel: PeerTunnel
    private let table: MasqueradeTable
    private let logger: Logger
    private let addresses: Mutex<LoggedAddressPool>

    /// - throws: `PodNetworkError` for a configuration that cannot work, `SystemError`.
    public init(_ configuration: Configuration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        guard MasqueradeTable.isValid(configuration.tableName) else {
            throw PodNetworkError.invalidTableName(configuration.tableName)
        }
        guard var pool = AddressPool(range: configuration.podCIDR) else {
            throw PodNetworkError.rangeTooSmall(configuration.podCIDR)
        }
        let directory = configuration.stateDirectory
        try SystemKernel().makeDirectories(directory, mode: 0o700)
        let log = try AddressLog.open(directory + "/addresses", into: &pool)
        gateway = pool.gateway
        addresses = Mutex(LoggedAddressPool(pool: pool, log: log))
        table = MasqueradeTable(
            name: configuration.tableName, podCIDR: configuration.podCIDR, clusterCIDR: configuration.clusterCIDR)
        tunnel = PeerTunnel(
            instance: configuration.tableName, podCIDR: configuration.podCIDR, clusterCIDR: configuration.clusterCIDR,
            gateway: pool.gateway)
        socket = try RouteSocket.open()
    }

    /// Lets the node forward packets and masquerade them. Called again it changes nothing that works.
    /// - throws: `PodNetworkError.rangeRouted`, `SystemError`, `NftablesError`.
    public func setUp() throws {
        if try Sysctl.read("net.ipv4.ip_forward") != "1" { try Sysctl.write("1", to: "net.ipv4.ip_forward") }
        try refuseForeignRoutes()
        // What is sent to a pod that is gone must not leave the machine by the default route, where somebody might answer.
        try RouteSocket.open().perform(.refuseRoute(to: configuration.podCIDR))
        // Nor may what is sent to the pods of a node that is gone.
        if configuration.clusterCIDR != configuration.podCIDR {
            try RouteSocket.open().perform(.refuseRoute(to: configuration.clusterCIDR))
        }
        try Nftables.run(table.setUp)
    }

    /// Somebody's own network of the same range (a bridge, a VPN) would be cut off without a word.
    private func refuseForeignRoutes() throws {
        let socket = try RouteSocket.open()
        for range in Set([configuration.podCIDR, configuration.clusterCIDR]) {
            guard let route = try socket.routes().first(where: { ForeignRoute.isInTheWay($0, of: range) }) else {
                continue
            }
            let link = try route.linkIndex.flatMap { try socket.link(index: $0)?.name }
            throw PodNetworkError.rangeRouted(ForeignRoute.explained(route, link: link))
        }
    }

    /// Removes the table and the route. Interfaces go with their pods' namespaces; forwarding stays on, others may rely on it
    /// by now.
    public func tearDown() throws {
        try Nftables.run(table.tearDown)
        try disconnect()
        for range in Set([configuration.podCIDR, configuration.clusterCIDR]) {
            let refusal = try RouteSocket.open().results(of: [.unrefuseRoute(to: range)])[0]
            if let refusal, refusal.code != ESRCH { throw refusal }
        }
    }

    /// The pod's address, the same each time it asks until it is released.
    /// - throws: `PodNetworkError.rangeFull`, `SystemError`.
    public func allocate(podUID: String) throws -> IPv4Address {
        try addresses.withLock { try $0.allocate(podUID) }
    }

    /// After a restart: a sandbox that lives has this address.
    /// - throws: `PodNetworkError` when that cannot be, `SystemError`.
    public func adopt(podUID: String, _ address: IPv4Address) throws {
        try addresses.withLock { try $0.adopt(podUID, address) }
    }

    /// Gives the pod's address back, once its sandbox is gone. A pod without one is fine.
    public func release(podUID: String) {
        do {
            try addresses.withLock { try $0.release(podUID) }
        } catch {
            // The pool is right; only a daemon that restarts now would not know that this address was used last.
            logger.warning("the release of pod \(podUID)'s address could not be noted: \(error)")
        }
    }
}
