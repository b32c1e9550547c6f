import Glibc
public import Linux

extension PodNetwork {
    /// Makes the other nodes' pods reachable: looks at what the kernel has, and changes what is not as it should be. To be
    /// called again whenever a node changes and now and then, because this machine's own links and routes change too.
    ///
    /// - nodeIP: this node's address, the source of its tunnels.
    /// - Returns: peers that cannot be served, and why.
    /// - throws: `SystemError`; what could be done has been done.
    public func connect(_ peers: [PeerNode], nodeIP: IPv4Address) throws -> [String] {
        let plan = try PeerPlan(
            own: configuration.podCIDR, cluster: configuration.clusterCIDR, peers: peers, path: path(to:))
        var tunnelIndex: Int32?
        if let mtu = plan.tunnelMTU {
            tunnelIndex = try tunnel.ensure(socket, local: nodeIP, mtu: mtu)
        }
        // Neighbours before routes: a packet that finds the route finds the rest of its way too.
        if let tunnelIndex { try know(plan.neighbours, tunnelIndex) }
        let taken = try lead(plan.routes, tunnelIndex)
        // Last, when no route leads there any more.
        if tunnelIndex == nil { try tunnel.remove(socket) }
        return plan.refused + taken
    }

    /// Takes every route to other nodes back, and the tunnel.
    func disconnect() throws(SystemError) {
        _ = try lead([], nil)
        try tunnel.remove(socket)
    }

    private func path(to address: IPv4Address) throws(SystemError) -> PeerPath {
        guard let route = try socket.route(to: address), let index = route.linkIndex, route.isUnicast else {
            return .none
        }
        if route.gateway == nil { return .direct(linkIndex: index) }
        return .routed(mtu: try socket.link(index: index)?.mtu ?? 1500)
    }

    private func know(_ wanted: Set<Neighbour>, _ index: Int32) throws(SystemError) {
        let known = try socket.neighbours(linkIndex: index)
        try socket.perform(
            known.subtracting(wanted).map { .deleteNeighbour($0, linkIndex: index) }
                + wanted.subtracting(known).map { .setNeighbour($0, linkIndex: index) })
    }

    /// - Returns: ways that somebody else's routes stand in.
    private func lead(_ all: [PeerPlan.Route], _ tunnelIndex: Int32?) throws(SystemError) -> [String] {
        let present = try socket.routes().filter { $0.table == 254 && $0.isUnicast }
        let own = present.filter {
            $0.protocolNumber == PeerPlan.routeProtocol && configuration.clusterCIDR.contains($0.destination.network)
        }
        let (wanted, taken) = ForeignRoute.split(all, present)
        let links = wanted.map { route in
            if case .link(let index) = route.via { (route, index) } else { (route, tunnelIndex ?? 0) }
        }
        let stale = own.filter { old in !wanted.contains { $0.podCIDR == old.destination } }
        let missing = links.filter { route, index in
            !own.contains {
                $0.destination == route.podCIDR && $0.gateway == route.gateway && $0.linkIndex == index
            }
        }
        let outcomes = try socket.results(
            of: stale.map { .deleteRoute(to: $0.destination, protocolNumber: PeerPlan.routeProtocol) }
                + missing.map { route, index in
                    .setRoute(
                        to: route.podCIDR, through: route.gateway, linkIndex: index,
                        // Through a tunnel the answer must find its way back into it.
                        source: route.via == .tunnel ? gateway : nil, protocolNumber: PeerPlan.routeProtocol)
                })
        // The kernel takes routes away by itself with their link.
        if let failure = outcomes.lazy.compactMap({ $0 }).first(where: { $0.code != ESRCH }) { throw failure }
        return try taken.map { route throws(SystemError) in
            let link = try route.linkIndex.flatMap { index throws(SystemError) in try socket.link(index: index)?.name }
            return ForeignRoute.explained(route, link: link)
        }
    }
}
