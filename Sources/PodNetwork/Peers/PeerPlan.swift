import Linux

/// What the kernel should have for the other nodes' pods: a route each, and for those behind routers a tunnel.
struct PeerPlan: Sendable, Equatable {
    struct Route: Sendable, Hashable {
        var podCIDR: IPv4Range
        var gateway: IPv4Address
        var via: Via
    }
    enum Via: Sendable, Hashable {
        case link(Int32)
        case tunnel
    }

    /// Marks routes to other nodes' pods as ours: a number that nobody else uses (rtnetlink(7), /etc/iproute2/rt_protos).
    static let routeProtocol: UInt8 = 83

    private(set) var routes: [Route] = []
    /// What the tunnel's interface has to know; empty when no pair needs it.
    private(set) var neighbours: Set<Neighbour> = []
    /// The least of the underlying ones, less the outer headers.
    private(set) var tunnelMTU: UInt32?
    /// Peers that cannot be served, and why.
    private(set) var refused: [String] = []

    /// Outer Ethernet is not counted by an interface's MTU; IPv4, UDP, VXLAN and the inner Ethernet header are (RFC 7348).
    static let overhead: UInt32 = 20 + 8 + 8 + 14

    /// In the order of names, so that of two peers that claim one range the same one has it on every node.
    init(
        own: IPv4Range, cluster: IPv4Range, peers: [PeerNode], path: (IPv4Address) throws -> PeerPath
    ) rethrows {
        var taken: [IPv4Range] = [own]
        for peer in peers.sorted(by: { $0.name < $1.name }) {
            guard cluster.contains(peer.podCIDR.network), cluster.contains(peer.podCIDR.broadcast) else {
                refused.append("node \(peer.name): its pods' range \(peer.podCIDR) is not within \(cluster)")
                continue
            }
            if let other = taken.first(where: { $0.overlaps(peer.podCIDR) }) {
                refused.append("node \(peer.name): its pods' range \(peer.podCIDR) overlaps \(other)")
                continue
            }
            taken.append(peer.podCIDR)
            switch try path(peer.address) {
            case .direct(let link):
                routes.append(Route(podCIDR: peer.podCIDR, gateway: peer.address, via: .link(link)))
            case .routed(let mtu):
                routes.append(Route(podCIDR: peer.podCIDR, gateway: peer.tunnelAddress, via: .tunnel))
                neighbours.insert(Neighbour(.address, peer.tunnelAddress, peer.tunnelHardware))
                neighbours.insert(Neighbour(.forwarding, peer.address, peer.tunnelHardware))
                tunnelMTU = min(tunnelMTU ?? .max, mtu - min(mtu, Self.overhead))
            case .none:
                // Its pods' range is refused as a whole (`refuseRoute`) until there is a way.
                continue
            }
        }
    }
}

extension IPv4Range {
    func overlaps(_ other: IPv4Range) -> Bool { contains(other.network) || other.contains(network) }
}
