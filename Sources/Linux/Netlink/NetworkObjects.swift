import Glibc

/// A network interface.
public struct NetworkLink: Sendable, Equatable {
    public var index: Int32
    public var name: String
    /// `veth`; empty for physical ones and the loopback.
    public var kind: String
    public var isUp: Bool
    public var mtu: UInt32
    public var alias: String
    /// Of an interface that has one of six bytes.
    public var hardware: HardwareAddress?
    /// The index of a veth's other end, in its own namespace.
    public var peerIndex: Int32?
    /// The source of a VXLAN interface's outer packets.
    public var tunnelSource: IPv4Address?

    init?(payload: ArraySlice<UInt8>) {
        var reader = ByteReader(payload)
        guard reader.read(UInt32.self) != nil, let index = reader.read(Int32.self),
            let flags = reader.read(UInt32.self),
            reader.read(UInt32.self) != nil
        else { return nil }
        let attributes = NetlinkAttributes.parse(reader.rest)
        self.index = index
        name = attributes[Link.name]?.netlinkString ?? ""
        isUp = flags & Link.up != 0
        mtu = attributes[Link.mtu]?.netlinkUInt32 ?? 0
        alias = attributes[Link.alias]?.netlinkString ?? ""
        hardware = attributes[Link.address].flatMap(HardwareAddress.init(bytes:))
        peerIndex = attributes[Link.peerIndex]?.netlinkUInt32.map { Int32(bitPattern: $0) }
        let info = attributes[Link.info].map(NetlinkAttributes.parse)
        kind = info?[Link.infoKind]?.netlinkString ?? ""
        if kind == "vxlan", let data = info?[Link.infoData].map(NetlinkAttributes.parse) {
            tunnelSource = data[VXLANAttribute.local].map(IPv4Address.init(bytes:))
        }
    }
}

/// An address of an interface.
public struct LinkAddress: Sendable, Equatable {
    public var linkIndex: Int32
    public var address: IPv4Address
    public var prefix: Int
}

extension LinkAddress {
    init?(payload: ArraySlice<UInt8>) {
        var reader = ByteReader(payload)
        guard reader.read(UInt8.self) == 2, let prefix = reader.read(UInt8.self), reader.read(UInt16.self) != nil,
            let index = reader.read(Int32.self)
        else { return nil }
        let attributes = NetlinkAttributes.parse(reader.rest)
        guard let bytes = attributes[Address.local] ?? attributes[Address.address], bytes.count == 4 else { return nil }
        linkIndex = index
        address = IPv4Address(bytes: bytes)
        self.prefix = Int(prefix)
    }
}

/// A route.
public struct NetworkRoute: Sendable, Equatable {
    public var destination: IPv4Range
    public var gateway: IPv4Address?
    public var linkIndex: Int32?
    public var source: IPv4Address?
    public var metric: UInt32
    /// 254 is the main table, 255 the kernel's local one.
    public var table: UInt32
    /// False: blackhole, broadcast, local ...
    public var isUnicast: Bool
    /// Who made it: one of the kernel's numbers (rtnetlink(7)) or of a program's own.
    public var protocolNumber: UInt8
}

extension NetworkRoute {
    init?(payload: ArraySlice<UInt8>) {
        var reader = ByteReader(payload)
        guard reader.read(UInt8.self) == 2, let prefix = reader.read(UInt8.self), reader.read(UInt16.self) != nil,
            let table = reader.read(UInt8.self), let owner = reader.read(UInt8.self), reader.read(UInt8.self) != nil,
            let type = reader.read(UInt8.self), reader.read(UInt32.self) != nil
        else { return nil }
        let attributes = NetlinkAttributes.parse(reader.rest)
        let network = attributes[Route.destination].map(IPv4Address.init(bytes:)) ?? IPv4Address(rawValue: 0)
        guard let range = IPv4Range(network, prefix: Int(prefix)) else { return nil }
        destination = range
        gateway = attributes[Route.gateway].map(IPv4Address.init(bytes:))
        linkIndex = attributes[Route.outputLink]?.netlinkUInt32.map { Int32(bitPattern: $0) }
        source = attributes[Route.preferredSource].map(IPv4Address.init(bytes:))
        metric = attributes[Route.priority]?.netlinkUInt32 ?? 0
        self.table = attributes[Route.table]?.netlinkUInt32 ?? UInt32(table)
        isUnicast = type == Route.unicast
        protocolNumber = owner
    }
}

extension RouteSocket {
    public func links() throws(SystemError) -> [NetworkLink] {
        try dump(.listLinks).compactMap { NetworkLink(payload: $0) }
    }

    /// Nil: there is none of that name.
    public func link(named name: String) throws(SystemError) -> NetworkLink? {
        do {
            return NetworkLink(payload: try get(.getLink(named: name)))
        } catch let error where error.code == ENODEV {
            return nil
        }
    }

    public func addresses() throws(SystemError) -> [LinkAddress] {
        try dump(.listAddresses).compactMap { LinkAddress(payload: $0) }
    }

    /// IPv4 routes of every table.
    public func routes() throws(SystemError) -> [NetworkRoute] {
        try dump(.listRoutes).compactMap { NetworkRoute(payload: $0) }
    }

    /// Which way a packet to `address` would go, with the source address it would have; nil: nowhere.
    public func route(to address: IPv4Address) throws(SystemError) -> NetworkRoute? {
        do {
            return NetworkRoute(payload: try get(.findRoute(to: address)))
        } catch let error where error.code == ENETUNREACH || error.code == EHOSTUNREACH {
            return nil
        }
    }

    /// Nil: there is none of that index.
    public func link(index: Int32) throws(SystemError) -> NetworkLink? {
        do {
            return NetworkLink(payload: try get(.getLink(index: index)))
        } catch let error where error.code == ENODEV {
            return nil
        }
    }
}
