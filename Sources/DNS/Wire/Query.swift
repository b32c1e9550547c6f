/// A question that is to be answered.
struct Query: Sendable {
    var id: UInt16
    /// As the client sent them.
    var flags: HeaderFlags
    var name: DNSName
    /// The question's bytes as the client wrote them: an answer repeats them with their case, by which a client may
    /// recognise it (draft-vixie-dnsext-dns0x20).
    var question: [UInt8]
    var type: UInt16
    /// Nil from a client that knows no EDNS.
    var edns: EDNS?

    /// RFC 6891.
    struct EDNS: Sendable, Equatable {
        /// Bytes of a UDP answer that the client takes.
        var size: UInt16
        /// The DO bit: the client wants signatures (RFC 3225).
        var wantsSignatures: Bool
    }

    /// What a UDP answer may have at most. Beyond 1,232 bytes packets may be fragmented on the way (DNS flag day 2020).
    static let largestDatagram = 1232

    var datagramLimit: Int { max(512, min(Int(edns?.size ?? 512), Self.largestDatagram)) }
}

/// What becomes of a message that has come in.
enum Received: Sendable {
    /// No answer: what is no question must not be answered, or two servers could talk to each other for ever.
    case ignored
    /// A short answer that says why there is none.
    case rejected([UInt8])
    case query(Query)
}

extension Received {
    /// Reads a message. Source: RFC 1035, 4.1; RFC 6891, 6.1; RFC 9619 (exactly one question).
    init(parsing bytes: UnsafeRawBufferPointer) {
        var reader = MessageReader(bytes)
        guard bytes.count >= 12, let id = try? reader.uint16(), let word = try? reader.uint16() else {
            // Too short to have an id that an answer could repeat.
            self = .ignored
            return
        }
        let flags = HeaderFlags(rawValue: word)
        guard !flags.contains(.response) else {
            self = .ignored
            return
        }
        guard flags.opcode == 0 else {
            self = .rejected(Self.bare(id, flags, .notImplemented))
            return
        }
        do {
            self = try Self.readQuery(id, flags, &reader)
        } catch {
            self = .rejected(Self.bare(id, flags, .formatError))
        }
    }

    private static func readQuery(
        _ id: UInt16, _ flags: HeaderFlags, _ reader: inout MessageReader
    ) throws(MessageReader.Malformed) -> Received {
        guard try reader.uint16() == 1 else { throw MessageReader.Malformed() }
        let before = Int(try reader.uint16()) + Int(try reader.uint16())
        let additional = Int(try reader.uint16())
        let name = try reader.name(compressed: false)
        let type = try reader.uint16()
        let dnsClass = try reader.uint16()
        let question = Array(reader.bytes[12..<reader.at])
        var query = Query(id: id, flags: flags, name: name, question: question, type: type)
        var version: UInt8 = 0
        for i in 0..<before + additional {
            let owner = try reader.name()
            let head = try reader.recordHead()
            if head.type == RecordType.opt {
                // One, in the additional section, of the root.
                guard i >= before, query.edns == nil, owner == .root else { throw MessageReader.Malformed() }
                version = UInt8(truncatingIfNeeded: head.ttl >> 16)
                query.edns = .init(size: head.dnsClass, wantsSignatures: head.ttl & 0x8000 != 0)
                try checkOptions(reader, head.length)
            }
            try reader.skip(head.length)
        }
        guard type != RecordType.opt else { throw MessageReader.Malformed() }
        if version != 0 {
            return .rejected(ResponseWriter.empty(query, .badVersion))
        }
        guard dnsClass == RecordType.internet, !RecordType.isRefused(type) else {
            return .rejected(ResponseWriter.empty(query, .refused))
        }
        return .query(query)
    }

    /// Options are code, length and data one after the other (RFC 6891, 6.1.2); none has a meaning here.
    private static func checkOptions(_ reader: MessageReader, _ length: Int) throws(MessageReader.Malformed) {
        var options = MessageReader(UnsafeRawBufferPointer(rebasing: reader.bytes[..<(reader.at + length)]))
        options.at = reader.at
        while options.at < reader.at + length {
            try options.skip(2)
            try options.skip(Int(try options.uint16()))
        }
    }

    /// A header alone, for a message of which nothing else can be relied on.
    private static func bare(_ id: UInt16, _ flags: HeaderFlags, _ code: ResponseCode) -> [UInt8] {
        let kept = flags.rawValue & 0x7900 | HeaderFlags.response.rawValue | code.rawValue
        return [UInt8(id >> 8), UInt8(id & 0xff), UInt8(kept >> 8), UInt8(kept & 0xff)]
            + [UInt8](repeating: 0, count: 8)
    }
}
