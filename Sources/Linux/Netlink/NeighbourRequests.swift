/// Requests about neighbours (rtnetlink(7)): which hardware address a next hop has, and behind which machine a VXLAN
/// interface finds a hardware address.
extension NetlinkRequest {
    /// What a VXLAN interface or the neighbour table knows for good, until it is told otherwise.
    public static func setNeighbour(_ neighbour: Neighbour, linkIndex: Int32) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.add(NeighbourAttribute.destination, neighbour.address)
        attributes.add(NeighbourAttribute.hardware, neighbour.hardware.bytes)
        return NetlinkRequest(
            "set neighbour", "\(neighbour.address)", type: NeighbourAttribute.new, flags: Flag.create | Flag.replace,
            payload: neighbourHeader(neighbour.family, linkIndex) + attributes.bytes)
    }

    public static func deleteNeighbour(_ neighbour: Neighbour, linkIndex: Int32) -> NetlinkRequest {
        var attributes = NetlinkAttributes()
        attributes.add(NeighbourAttribute.destination, neighbour.address)
        if neighbour.kind == .forwarding { attributes.add(NeighbourAttribute.hardware, neighbour.hardware.bytes) }
        return NetlinkRequest(
            "delete neighbour", "\(neighbour.address)", type: NeighbourAttribute.delete, flags: 0,
            payload: neighbourHeader(neighbour.family, linkIndex) + attributes.bytes)
    }

    static func listNeighbours(_ kind: Neighbour.Kind) -> NetlinkRequest {
        // Without an interface: strict checks take a filter only as an attribute, and of different ones for the two families.
        var writer = ByteWriter()
        writer.append([Neighbour.family(kind), 0, 0, 0])
        writer.append(Int32(0))
        writer.append([0, 0, 0, 0])
        return NetlinkRequest(
            "list neighbours", "", type: NeighbourAttribute.get, flags: Flag.dump, payload: writer.bytes)
    }

    /// struct ndmsg
    private static func neighbourHeader(_ family: UInt8, _ linkIndex: Int32) -> [UInt8] {
        var writer = ByteWriter()
        writer.append([family, 0, 0, 0])
        writer.append(linkIndex)
        let isForwarding = family == Neighbour.family(.forwarding)
        writer.append(UInt16(isForwarding ? 0xc0 : 0x80))  // NUD_PERMANENT, of a bridge's kind NUD_NOARP too
        writer.append([isForwarding ? 2 : 0, 0])  // NTF_SELF: the interface's own table
        return writer.bytes
    }
}

/// A permanent entry of the neighbour table or of a VXLAN interface's forwarding table.
public struct Neighbour: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The next hop `address` has this hardware address.
        case address
        /// Frames for this hardware address go to the machine `address`.
        case forwarding
    }
    public var kind: Kind
    public var address: IPv4Address
    public var hardware: HardwareAddress

    public init(_ kind: Kind, _ address: IPv4Address, _ hardware: HardwareAddress) {
        self.kind = kind
        self.address = address
        self.hardware = hardware
    }

    var family: UInt8 { Self.family(kind) }
    /// AF_BRIDGE, AF_INET
    static func family(_ kind: Kind) -> UInt8 { kind == .forwarding ? 7 : 2 }

    /// With the interface it belongs to; nil for one of another shape or that is not permanent.
    static func parse(_ payload: ArraySlice<UInt8>) -> (linkIndex: Int32, neighbour: Neighbour)? {
        var reader = ByteReader(payload)
        guard let family = reader.read(UInt8.self), family == 2 || family == 7, reader.take(3) != nil,
            let link = reader.read(Int32.self), let state = reader.read(UInt16.self), state & 0x80 != 0,
            reader.take(2) != nil
        else { return nil }
        let attributes = NetlinkAttributes.parse(reader.rest)
        guard let address = attributes[NeighbourAttribute.destination], address.count == 4,
            let bytes = attributes[NeighbourAttribute.hardware], let hardware = HardwareAddress(bytes: bytes)
        else { return nil }
        return (link, Neighbour(family == 7 ? .forwarding : .address, IPv4Address(bytes: address), hardware))
    }
}

/// An Ethernet address.
public struct HardwareAddress: Sendable, Hashable, CustomStringConvertible {
    /// Six.
    public let bytes: [UInt8]

    /// Nil unless there are six bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        self.bytes = Array(bytes)
    }

    /// One made of an IPv4 address, locally administered: `02:00` and its four bytes.
    public init(of address: IPv4Address) {
        bytes = [2, 0] + withUnsafeBytes(of: address.rawValue.bigEndian) { Array($0) }
    }

    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

extension RouteSocket {
    /// The permanent entries of one interface, of both kinds.
    public func neighbours(linkIndex: Int32) throws(SystemError) -> Set<Neighbour> {
        var found: Set<Neighbour> = []
        for kind in [Neighbour.Kind.address, .forwarding] {
            for payload in try dump(.listNeighbours(kind)) {
                if let (link, neighbour) = Neighbour.parse(payload), link == linkIndex { found.insert(neighbour) }
            }
        }
        return found
    }
}

/// linux/neighbour.h
enum NeighbourAttribute {
    static let new: UInt16 = 28
    static let delete: UInt16 = 29
    static let get: UInt16 = 30
    static let destination: UInt16 = 1
    static let hardware: UInt16 = 2
}
