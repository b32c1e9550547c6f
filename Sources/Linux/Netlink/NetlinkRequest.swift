/// A request to the kernel: what it is called in an error, and its message without sequence number.
public struct NetlinkRequest: Sendable, Equatable {
    /// `make veth pair`
    public var name: String
    /// `vsw0a1b2c3d`
    public var subject: String
    var type: UInt16
    var flags: UInt16
    /// What follows the header: a fixed structure and attributes.
    var payload: [UInt8]

    init(_ name: String, _ subject: String, type: UInt16, flags: UInt16, payload: [UInt8]) {
        self.name = name
        self.subject = subject
        self.type = type
        self.flags = flags | Flag.request
        self.payload = payload
    }

    /// struct nlmsghdr and the payload, padded: the next request may follow at once.
    func message(sequence: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(UInt32(16 + payload.count))
        writer.append(type)
        writer.append(flags)
        writer.append(sequence)
        writer.append(UInt32(0))
        writer.append(payload)
        writer.pad(to: 4)
        return writer.bytes
    }

    /// linux/netlink.h
    enum Flag {
        static let request: UInt16 = 0x1
        static let acknowledge: UInt16 = 0x4
        static let dump: UInt16 = 0x300
        static let replace: UInt16 = 0x100
        static let exclusive: UInt16 = 0x200
        static let create: UInt16 = 0x400
    }
}
