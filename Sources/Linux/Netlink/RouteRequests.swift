/// Requests about routes (rtnetlink(7)), all in the main table.
extension NetlinkRequest {
    /// A route to what is reached directly on a link. `replace`: one that exists to there is changed.
    public static func addRoute(
        to range: IPv4Range, linkIndex: Int32, source: IPv4Address? = nil, replace: Bool = false
    ) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        if range.prefix > 0 { attributes.add(Route.destination, range.network) }
        if let source { attributes.add(Route.preferredSource, source) }
        attributes.add(Route.outputLink, UInt32(bitPattern: linkIndex))
        return route("add route", range, scope: Route.scopeLink, flags: 0, replace, attributes)
    }

    /// A route through a gateway that is taken to be on the link, whatever addresses the link has (`onlink`).
    public static func addRoute(
        to range: IPv4Range, gateway: IPv4Address, linkIndex: Int32, replace: Bool = false
    ) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        if range.prefix > 0 { attributes.add(Route.destination, range.network) }
        attributes.add(Route.gateway, gateway)
        attributes.add(Route.outputLink, UInt32(bitPattern: linkIndex))
        return route("add route", range, scope: Route.scopeUniverse, flags: Route.onLink, replace, attributes)
    }

    /// A route to what lies behind another machine, marked as its maker's so that it finds its own again. One that leads
    /// there by another way is replaced.
    public static func setRoute(
        to range: IPv4Range, through gateway: IPv4Address, linkIndex: Int32, source: IPv4Address?, protocolNumber: UInt8
    ) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.add(Route.destination, range.network)
        attributes.add(Route.gateway, gateway)
        if let source { attributes.add(Route.preferredSource, source) }
        attributes.add(Route.outputLink, UInt32(bitPattern: linkIndex))
        return NetlinkRequest(
            "set route", "\(range)", type: Route.new, flags: Flag.create | Flag.replace,
            payload: header(
                range.prefix, protocolNumber: protocolNumber, scope: Route.scopeUniverse, type: Route.unicast,
                flags: Route.onLink) + attributes.bytes)
    }

    /// Takes `setRoute` back. ESRCH when it is not there.
    public static func deleteRoute(to range: IPv4Range, protocolNumber: UInt8) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.add(Route.destination, range.network)
        return NetlinkRequest(
            "delete route", "\(range)", type: Route.delete, flags: 0,
            payload: header(
                range.prefix, protocolNumber: protocolNumber, scope: Route.scopeNowhere, type: Route.unicast, flags: 0)
                + attributes.bytes)
    }

    public static func deleteRoute(to range: IPv4Range, linkIndex: Int32) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        if range.prefix > 0 { attributes.add(Route.destination, range.network) }
        attributes.add(Route.outputLink, UInt32(bitPattern: linkIndex))
        return NetlinkRequest(
            "delete route", "\(range)", type: Route.delete, flags: 0,
            payload: header(range.prefix, protocolNumber: 0, scope: Route.scopeNowhere, type: 0, flags: 0)
                + attributes.bytes)
    }

    /// Where no more precise route leads, packets to the range are refused: they do not follow the default route.
    public static func refuseRoute(to range: IPv4Range) -> NetlinkRequest {
        NetlinkRequest(
            "add unreachable route", "\(range)", type: Route.new, flags: Flag.create | Flag.replace,
            payload: unreachable(range, protocolNumber: Route.protocolBoot))
    }

    /// Takes `refuseRoute` back. ESRCH when it is not there.
    public static func unrefuseRoute(to range: IPv4Range) -> NetlinkRequest {
        NetlinkRequest(
            "delete unreachable route", "\(range)", type: Route.delete, flags: 0,
            payload: unreachable(range, protocolNumber: 0))
    }

    private static func unreachable(_ range: IPv4Range, protocolNumber: UInt8) -> [UInt8] {
        var attributes = NetlinkAttributes()
        attributes.add(Route.destination, range.network)
        return header(
            range.prefix, protocolNumber: protocolNumber, scope: Route.scopeUniverse, type: Route.unreachable, flags: 0)
            + attributes.bytes
    }

    /// Which way the kernel would send a packet.
    static func findRoute(to address: IPv4Address) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.add(Route.destination, address)
        return NetlinkRequest(
            "find the route to", "\(address)", type: Route.get, flags: 0,
            payload: header(32, table: 0, protocolNumber: 0, scope: 0, type: 0, flags: 0) + attributes.bytes)
    }

    static let listRoutes = NetlinkRequest(
        "list routes", "", type: Route.get, flags: Flag.dump,
        payload: header(0, table: 0, protocolNumber: 0, scope: 0, type: 0, flags: 0))

    private static func route(
        _ name: String, _ range: IPv4Range, scope: UInt8, flags: UInt32, _ replace: Bool,
        _ attributes: NetlinkAttributes
    ) -> NetlinkRequest {
        NetlinkRequest(
            name, "\(range)", type: Route.new, flags: Flag.create | (replace ? Flag.replace : Flag.exclusive),
            payload: header(
                range.prefix, protocolNumber: Route.protocolBoot, scope: scope, type: Route.unicast, flags: flags)
                + attributes.bytes)
    }

    /// struct rtmsg
    private static func header(
        _ prefix: Int, table: UInt8 = Route.tableMain, protocolNumber: UInt8, scope: UInt8, type: UInt8, flags: UInt32
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.append([2, UInt8(prefix), 0, 0, table, protocolNumber, scope, type])
        writer.append(flags)
        return writer.bytes
    }
}

/// linux/rtnetlink.h
enum Route {
    static let new: UInt16 = 24
    static let delete: UInt16 = 25
    static let get: UInt16 = 26
    static let destination: UInt16 = 1
    static let outputLink: UInt16 = 4
    static let gateway: UInt16 = 5
    static let priority: UInt16 = 6
    static let preferredSource: UInt16 = 7
    static let table: UInt16 = 15
    static let tableMain: UInt8 = 254
    static let protocolBoot: UInt8 = 3
    static let scopeUniverse: UInt8 = 0
    static let scopeLink: UInt8 = 253
    static let scopeNowhere: UInt8 = 255
    static let unicast: UInt8 = 1
    static let unreachable: UInt8 = 7
    static let onLink: UInt32 = 4
}
