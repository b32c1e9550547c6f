/// What an upstream server answered, checked, and kept as the bytes that it sent: they are passed on behind a client's own
/// header and question, where compression pointers still hold, because the same question is as long whatever its case.
struct UpstreamAnswer: Sendable {
    let code: ResponseCode
    let isAuthentic: Bool
    /// The whole message.
    private let message: [UInt8]
    private let bodyStart: Int
    private let records: [Place]
    private let counts: (answers: Int, authority: Int, additional: Int)
    /// For how many seconds it may be remembered; 0: not at all.
    let lifetime: UInt32

    private struct Place: Sendable {
        var ttlOffset: Int
        var ttl: UInt32
        var end: Int
    }

    var size: Int { message.count }

    /// Bounds of what is remembered, in seconds: an answer that was wrong goes away by itself.
    static let longestLifetime: UInt32 = 300
    static let longestNegativeLifetime: UInt32 = 30

    /// - Parameter bytes: id and question have been found to be right.
    /// - Returns: nil when it is malformed.
    init?(parsing bytes: [UInt8], questionLength: Int) {
        guard bytes.count >= 12 + questionLength else { return nil }
        let parsed: (records: [Place], counts: [Int], lifetime: UInt32)? = bytes.withUnsafeBytes { raw in
            // Nil says all that the caller needs to know of a malformed message.
            try? Self.read(raw, questionLength)
        }
        let flags = HeaderFlags(rawValue: UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
        guard let parsed, let code = ResponseCode(rawValue: flags.code) else { return nil }
        self.code = code
        isAuthentic = flags.contains(.authenticData)
        message = bytes
        bodyStart = 12 + questionLength
        records = parsed.records
        counts = (parsed.counts[0], parsed.counts[1], parsed.counts[2])
        lifetime = parsed.lifetime
    }

    private static func read(
        _ raw: UnsafeRawBufferPointer, _ questionLength: Int
    ) throws(MessageReader.Malformed) -> (records: [Place], counts: [Int], lifetime: UInt32) {
        var reader = MessageReader(raw, at: 6)
        let declared = [Int(try reader.uint16()), Int(try reader.uint16()), Int(try reader.uint16())]
        reader.at = 12 + questionLength
        var places: [Place] = []
        var counts = [0, 0, 0]
        var answers = UInt32.max
        var negative: UInt32?
        for section in 0..<3 {
            for _ in 0..<declared[section] {
                _ = try reader.name()
                let ttlOffset = reader.at + 4
                let head = try reader.recordHead()
                if head.type == RecordType.opt {
                    // It is between the upstream and us. What stands behind it is left out with it, so that no other
                    // record moves and every pointer still holds.
                    guard section == 2 else { throw MessageReader.Malformed() }
                    return (places, counts, lifetime(answers, negative, counts))
                }
                // RFC 2181, 8: the top bit means 0.
                let ttl = head.ttl > 0x7fff_ffff ? 0 : head.ttl
                // Read once here, so that no client has to read what cannot be read.
                _ = try data(head.type, reader, head.length)
                if section == 0 { answers = min(answers, ttl) }
                if section == 1, head.type == RecordType.soa, head.length >= 20 {
                    var minimum = MessageReader(raw, at: reader.at + head.length - 4)
                    negative = min(ttl, try minimum.uint32())
                }
                try reader.skip(head.length)
                places.append(Place(ttlOffset: ttlOffset, ttl: ttl, end: reader.at))
                counts[section] += 1
            }
        }
        return (places, counts, lifetime(answers, negative, counts))
    }

    /// RFC 2308: what is not there is remembered as long as the zone's SOA record says, and not at all without one. An
    /// answer with records that ends in nothing (an alias of a name that is not there) is bound by both.
    private static func lifetime(_ answers: UInt32, _ negative: UInt32?, _ counts: [Int]) -> UInt32 {
        guard counts[0] > 0 else { return min(negative ?? 0, longestNegativeLifetime) }
        return min(answers, negative.map { min($0, longestNegativeLifetime) } ?? longestLifetime)
    }

    /// What of an answer fits, ready to be put behind a question.
    struct Part {
        var bytes: [UInt8]
        var answers: UInt16
        var authority: UInt16
        var additional: UInt16
        var isTruncated: Bool
    }

    /// - Parameters:
    ///   - age: seconds since the answer came; taken from every record's time to live.
    ///   - room: bytes that there are for it.
    func part(age: UInt32, room: Int) -> Part {
        let fitting = records.prefix { $0.end - bodyStart <= room }.count
        let end = fitting == 0 ? bodyStart : records[fitting - 1].end
        var body = Array(message[bodyStart..<end])
        for record in records.prefix(fitting) {
            let ttl = record.ttl > age ? record.ttl - age : 0
            let at = record.ttlOffset - bodyStart
            for i in 0..<4 { body[at + i] = UInt8(ttl >> UInt32(24 - 8 * i) & 0xff) }
        }
        let answers = min(fitting, counts.answers)
        let authority = min(fitting - answers, counts.authority)
        return Part(
            bytes: body, answers: UInt16(answers), authority: UInt16(authority),
            additional: UInt16(fitting - answers - authority), isTruncated: fitting < counts.answers + counts.authority)
    }

    /// The records one by one with their names in full, to be put into an answer to another question.
    func expanded(age: UInt32) -> (answers: [Record], authority: [Record]) {
        message.withUnsafeBytes { raw in
            var reader = MessageReader(raw, at: bodyStart)
            var all: [Record] = []
            for _ in 0..<counts.answers + counts.authority {
                // It was read once before; a record whose data cannot be read is left out by itself.
                guard let owner = try? reader.name(), let head = try? reader.recordHead() else { break }
                let end = reader.at + head.length
                let ttl = head.ttl > 0x7fff_ffff ? 0 : head.ttl > age ? head.ttl - age : 0
                guard let data = try? Self.data(head.type, reader, head.length) else { break }
                all.append(Record(owner: owner, ttl: ttl, data: data))
                reader.at = end
            }
            return (Array(all.prefix(counts.answers)), Array(all.dropFirst(counts.answers)))
        }
    }

    /// The types of RFC 1035 may have compressed names in their data, and some servers compress SRV's (RFC 3597, 4); all
    /// others are passed on untouched.
    private static func data(
        _ type: UInt16, _ start: MessageReader, _ length: Int
    ) throws(MessageReader.Malformed) -> Record.Data {
        var reader = start
        let data: Record.Data
        switch type {
        case RecordType.ns: data = .ns(try reader.name())
        case RecordType.cname: data = .cname(try reader.name())
        case RecordType.ptr: data = .ptr(try reader.name())
        case RecordType.mx: data = .mx(preference: try reader.uint16(), try reader.name())
        case RecordType.soa:
            data = .soa(
                Record.SOA(
                    server: try reader.name(), mailbox: try reader.name(), serial: try reader.uint32(),
                    refresh: try reader.uint32(), retry: try reader.uint32(), expire: try reader.uint32(),
                    minimum: try reader.uint32()))
        case RecordType.srv:
            data = .srv(
                priority: try reader.uint16(), weight: try reader.uint16(), port: try reader.uint16(),
                target: try reader.name())
        case RecordType.a: data = .a(try reader.uint32())
        default:
            return .other(type: type, Array(start.bytes[start.at..<start.at + length]))
        }
        guard reader.at == start.at + length else { throw MessageReader.Malformed() }
        return data
    }
}
