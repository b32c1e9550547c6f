/// Requests about interfaces (rtnetlink(7)).
extension NetlinkRequest {
    /// One end of a veth pair as it is made.
    public struct VethEnd: Sendable {
        public var name: String
        /// The namespace it is made in, by descriptor; nil: the socket's.
        public var namespace: Int32?

        public init(_ name: String, namespace: Int32? = nil) {
            self.name = name
            self.namespace = namespace
        }
    }

    /// Makes a veth pair, each end directly in its namespace: moving an interface would wait for RCU. This end is up at once;
    /// the peer cannot be (the kernel configures it before it knows its other end, ENOTCONN).
    public static func makeVeth(_ here: VethEnd, peer: VethEnd, mtu: UInt32) -> NetlinkRequest {
        var attributes = endAttributes(here, mtu)
        attributes.nest(Link.info) { info in
            info.add(Link.infoKind, "veth".utf8)
            info.nest(Link.infoData) { data in
                data.add(Link.vethPeer, linkHeader() + endAttributes(peer, mtu).bytes)
            }
        }
        return NetlinkRequest(
            "make veth pair", here.name, type: Link.new, flags: Flag.create | Flag.exclusive,
            payload: linkHeader(flags: Link.up, change: Link.up) + attributes.bytes)
    }

    /// Makes a dummy interface, down. EOPNOTSUPP where the kernel has no such type.
    public static func makeDummy(_ name: String) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.add(Link.name, string: name)
        attributes.nest(Link.info) { $0.add(Link.infoKind, "dummy".utf8) }
        return NetlinkRequest(
            "make dummy interface", name, type: Link.new, flags: Flag.create | Flag.exclusive,
            payload: linkHeader() + attributes.bytes)
    }

    public static func setUp(linkIndex: Int32, name: String) -> NetlinkRequest {
        NetlinkRequest(
            "bring up interface", name, type: Link.new, flags: 0,
            payload: linkHeader(index: linkIndex, flags: Link.up, change: Link.up))
    }

    /// A note that `ip link` shows, up to 255 bytes. The kernel takes it only of an interface that exists.
    public static func setAlias(_ alias: String, linkIndex: Int32, name: String) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.add(Link.alias, alias.utf8)
        return NetlinkRequest(
            "note an alias for", name, type: Link.new, flags: 0,
            payload: linkHeader(index: linkIndex) + attributes.bytes)
    }

    public static func deleteLink(index: Int32, name: String) -> NetlinkRequest {
        NetlinkRequest("delete interface", name, type: Link.delete, flags: 0, payload: linkHeader(index: index))
    }

    static func getLink(named name: String) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.add(Link.name, string: name)
        return NetlinkRequest(
            "find interface", name, type: Link.get, flags: 0, payload: linkHeader() + attributes.bytes)
    }

    static func getLink(index: Int32) -> NetlinkRequest {
        NetlinkRequest("find interface", "\(index)", type: Link.get, flags: 0, payload: linkHeader(index: index))
    }

    static let listLinks = NetlinkRequest(
        "list interfaces", "", type: Link.get, flags: Flag.dump, payload: linkHeader())

    private static func endAttributes(_ end: VethEnd, _ mtu: UInt32) -> NetlinkAttributes {
        var attributes = NetlinkAttributes()
        attributes.add(Link.mtu, mtu)
        if let namespace = end.namespace { attributes.add(Link.namespaceFD, UInt32(bitPattern: namespace)) }
        attributes.add(Link.name, string: end.name)
        return attributes
    }

    /// struct ifinfomsg
    static func linkHeader(index: Int32 = 0, flags: UInt32 = 0, change: UInt32 = 0) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(UInt32(0))  // AF_UNSPEC, padding, any device type
        writer.append(index)
        writer.append(flags)
        writer.append(change)
        return writer.bytes
    }
}

/// linux/if_link.h, linux/rtnetlink.h, linux/veth.h
enum Link {
    static let new: UInt16 = 16
    static let delete: UInt16 = 17
    static let get: UInt16 = 18
    static let address: UInt16 = 1
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
    static let peerIndex: UInt16 = 5
    static let info: UInt16 = 18
    static let alias: UInt16 = 20
    static let namespaceFD: UInt16 = 28
    static let infoKind: UInt16 = 1
    static let infoData: UInt16 = 2
    static let vethPeer: UInt16 = 1
    static let up: UInt32 = 1
}
