import Linux

/// Routes that somebody else made to the very ranges of pods: they are not ours to replace. Pure.
enum ForeignRoute {
    /// Whether setting a route of ours would replace it: the kernel takes routes of one destination and metric for one.
    static func isInTheWay(_ route: NetworkRoute, of range: IPv4Range) -> Bool {
        route.destination == range && route.metric == 0 && route.table == 254 && route.isUnicast
            && route.protocolNumber != PeerPlan.routeProtocol
    }

    /// What can be led, and the routes that keep the rest from it.
    static func split(
        _ wanted: [PeerPlan.Route], _ present: [NetworkRoute]
    ) -> (free: [PeerPlan.Route], taken: [NetworkRoute]) {
        var free: [PeerPlan.Route] = []
        var taken: [NetworkRoute] = []
        for route in wanted {
            if let other = present.first(where: { isInTheWay($0, of: route.podCIDR) }) {
                taken.append(other)
            } else {
                free.append(route)
            }
        }
        return (free, taken)
    }

    static func explained(_ route: NetworkRoute, link: String?) -> String {
        let by = route.gateway.map { " via \($0)" } ?? ""
        let dev = link.map { " dev \($0)" } ?? ""
        return "the pods' range \(route.destination) has a route\(by)\(dev) that swiftlet did not make: "
            + "remove it (ip route del \(route.destination)), or make the cluster with another --pod-cidr"
    }
}
