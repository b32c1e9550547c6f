/// One message from the kernel.
struct NetlinkReply: Sendable, Equatable {
    var sequence: UInt32
    var kind: Kind

    enum Kind: Sendable, Equatable {
        /// Code 0 acknowledges; otherwise errno, with the kernel's own words if it had any.
        case result(code: Int32, message: String?)
        /// The end of a dump.
        case done(code: Int32)
        case data(type: UInt16, payload: ArraySlice<UInt8>, interrupted: Bool)
    }

    /// The messages of one datagram. A message that is cut off ends the list.
    static func parse(_ datagram: ArraySlice<UInt8>) -> [NetlinkReply] {
        var replies: [NetlinkReply] = []
        var reader = ByteReader(datagram)
        while let length = reader.read(UInt32.self), let type = reader.read(UInt16.self),
            let flags = reader.read(UInt16.self), let sequence = reader.read(UInt32.self),
            reader.read(UInt32.self) != nil, length >= 16, let payload = reader.take(Int(length) - 16)
        {
            reader.skip((4 - Int(length) % 4) % 4)
            switch type {
            case 1: continue  // NLMSG_NOOP
            case 2: replies.append(NetlinkReply(sequence: sequence, kind: result(payload, flags)))
            case 3:
                var rest = ByteReader(payload)
                replies.append(NetlinkReply(sequence: sequence, kind: .done(code: 0 - (rest.read(Int32.self) ?? 0))))
            default:
                let interrupted = flags & 0x10 != 0  // NLM_F_DUMP_INTR
                let data = Kind.data(type: type, payload: payload, interrupted: interrupted)
                replies.append(NetlinkReply(sequence: sequence, kind: data))
            }
        }
        return replies
    }

    /// struct nlmsgerr: the code, the request's header, the request's payload unless capped, then the extended message.
    private static func result(_ payload: ArraySlice<UInt8>, _ flags: UInt16) -> Kind {
        var reader = ByteReader(payload)
        let code = 0 - (reader.read(Int32.self) ?? 0)
        guard flags & 0x200 != 0, let original = reader.read(UInt32.self) else {  // NLM_F_ACK_TLVS
            return .result(code: code, message: nil)
        }
        let capped = flags & 0x100 != 0  // NLM_F_CAPPED
        reader.skip(12 + (capped ? 0 : (Int(original) - 16 + 3) & ~3))
        return .result(code: code, message: NetlinkAttributes.parse(reader.rest)[1]?.netlinkString)
    }
}
