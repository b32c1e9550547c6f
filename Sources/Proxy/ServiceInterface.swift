import Linux
import Logging

/// The instance's interface: it holds the DNS address, and the route to Services that gives the host's own connections
/// their source address, also where there is no default route. No packet leaves by it: all are translated or refused.
struct ServiceInterface: Sendable {
    let configuration: ProxyConfiguration
    let socket: RouteSocket

    /// Called again it changes nothing that works.
    func setUp(_ logger: Logger) throws {
        let index = try makeLink().index
        let name = configuration.interfaceName
        try socket.perform(.setUp(linkIndex: index, name: name))
        try ignoring(17, .addAddress(configuration.dnsAddress, prefix: 32, linkIndex: index))  // EEXIST
        let source = source
        let refusal = try socket.results(of: [route(index, source)])[0]
        guard let refusal else { return }
        guard refusal.code == 22 else { throw refusal }  // EINVAL: no address of this machine
        logger.warning(
            "node IP \(source) is no address of this machine; the host's connections to Services come from the DNS address"
        )
        try socket.perform(route(index, configuration.dnsAddress))
    }

    /// Whether Services are reached by the interface, with the address that the node has now or with the one taken in its
    /// place.
    func isWhole() throws -> Bool {
        guard let link = try socket.link(named: configuration.interfaceName), link.isUp,
            let way = try socket.routes().first(where: {
                $0.destination == configuration.serviceCIDR && $0.linkIndex == link.index && $0.table == 254
            })
        else { return false }
        if way.source == source { return true }
        // The fallback is right as long as the machine does not have the node's address.
        return try way.source == configuration.dnsAddress && !socket.addresses().contains { $0.address == source }
    }

    /// A loopback address as the source of what goes to a pod would be refused by the kernel.
    private var source: IPv4Address {
        let address = configuration.nodeIP
        return address.rawValue >> 24 == 127 ? configuration.dnsAddress : address
    }

    /// The address and the route go with the interface.
    func tearDown() throws {
        guard let link = try socket.link(named: configuration.interfaceName) else { return }
        try ignoring(19, .deleteLink(index: link.index, name: link.name))  // ENODEV: it went by itself
    }

    private func route(_ index: Int32, _ source: IPv4Address) -> NetlinkRequest {
        .addRoute(to: configuration.serviceCIDR, linkIndex: index, source: source, replace: true)
    }

    private func makeLink() throws -> NetworkLink {
        let name = configuration.interfaceName
        if let link = try socket.link(named: name) { return link }
        if let refusal = try socket.results(of: [.makeDummy(name)])[0] {
            guard refusal.code == 95 else { throw refusal }  // EOPNOTSUPP
            // A kernel without dummy interfaces: a veth pair whose ends both stay here does the same.
            try socket.perform(.makeVeth(.init(name), peer: .init(name + "p"), mtu: 1500))
            if let peer = try socket.link(named: name + "p") {
                // Without the peer the interface has no carrier, and its routes count as dead where sysctl says so.
                try socket.perform(.setUp(linkIndex: peer.index, name: peer.name))
            }
        }
        guard let link = try socket.link(named: name) else { throw SystemError("find interface", name, code: 19) }
        return link
    }

    private func ignoring(_ code: Int32, _ request: NetlinkRequest) throws {
        if let refusal = try socket.results(of: [request])[0], refusal.code != code { throw refusal }
    }
}
