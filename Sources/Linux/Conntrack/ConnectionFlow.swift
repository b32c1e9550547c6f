/// A connection as connection tracking knows it.
public struct ConnectionFlow: Sendable, Equatable {
    /// One direction.
    public struct Tuple: Sendable, Hashable {
        public var source: IPv4Address
        public var destination: IPv4Address
        /// 6 TCP, 17 UDP ...
        public var transportProtocol: UInt8
        public var sourcePort: UInt16
        public var destinationPort: UInt16

        public init(
            source: IPv4Address, destination: IPv4Address, transportProtocol: UInt8, sourcePort: UInt16,
            destinationPort: UInt16
        ) {
            self.source = source
            self.destination = destination
            self.transportProtocol = transportProtocol
            self.sourcePort = sourcePort
            self.destinationPort = destinationPort
        }
    }

    /// As the client sent it.
    public var original: Tuple
    /// As the answers come: from the address that the destination was translated to.
    public var reply: Tuple
    /// TCP_CONNTRACK_ of linux/netfilter/nf_conntrack_tcp.h: 3 is established. Nil: not TCP.
    public var tcpState: UInt8?
    /// Packets of both directions; nil where net.netfilter.nf_conntrack_acct was off when it began.
    public var packets: UInt64?
    /// Seconds until it is forgotten; each packet sets it back.
    public var timeout: UInt32

    public static let established: UInt8 = 3

    public init(original: Tuple, reply: Tuple, tcpState: UInt8?, packets: UInt64?, timeout: UInt32) {
        self.original = original
        self.reply = reply
        self.tcpState = tcpState
        self.packets = packets
        self.timeout = timeout
    }

    init?(payload: ArraySlice<UInt8>) {
        // struct nfgenmsg before the attributes
        let attributes = NetlinkAttributes.parse(payload.dropFirst(4))
        guard let original = attributes[1].flatMap(Tuple.init(bytes:)),
            let reply = attributes[2].flatMap(Tuple.init(bytes:))
        else { return nil }
        self.original = original
        self.reply = reply
        // CTA_PROTOINFO, CTA_PROTOINFO_TCP, CTA_PROTOINFO_TCP_STATE
        tcpState = attributes[4].map(NetlinkAttributes.parse)?[1].map(NetlinkAttributes.parse)?[1]?.first
        timeout = attributes[7]?.bigEndian() ?? 0
        let counts = [UInt16(9), 10].compactMap { attributes[$0].map(NetlinkAttributes.parse)?[1] }
        packets = counts.isEmpty ? nil : counts.reduce(0) { $0 &+ ($1.bigEndian() ?? 0) }
    }
}

extension ConnectionFlow.Tuple {
    init?(bytes: ArraySlice<UInt8>) {
        let attributes = NetlinkAttributes.parse(bytes)
        guard let addresses = attributes[1].map(NetlinkAttributes.parse), let source = addresses[1],
            let destination = addresses[2], source.count == 4, destination.count == 4,
            let transport = attributes[2].map(NetlinkAttributes.parse), let number = transport[1]?.first
        else { return nil }
        self.init(
            source: IPv4Address(bytes: source), destination: IPv4Address(bytes: destination),
            transportProtocol: number, sourcePort: transport[2]?.bigEndian() ?? 0,
            destinationPort: transport[3]?.bigEndian() ?? 0)
    }

    /// CTA_TUPLE_IP and CTA_TUPLE_PROTO
    func write(to attributes: inout NetlinkAttributes) {
        attributes.nest(1 | nested) { addresses in
            addresses.add(1, source)
            addresses.add(2, destination)
        }
        attributes.nest(2 | nested) { transport in
            transport.add(1, byte: transportProtocol)
            transport.add(2, sourcePort.networkOrder)
            transport.add(3, destinationPort.networkOrder)
        }
    }
}

/// NLA_F_NESTED
let nested: UInt16 = 0x8000

extension UInt16 {
    var networkOrder: [UInt8] { [UInt8(self >> 8), UInt8(truncatingIfNeeded: self)] }
}

extension ArraySlice<UInt8> {
    func bigEndian<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value? {
        var reader = ByteReader(self)
        return reader.read(Value.self).map { Value(bigEndian: $0) }
    }
}
