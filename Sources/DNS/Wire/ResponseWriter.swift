/// Writes an answer, with names compressed (RFC 1035, 4.1.4).
struct ResponseWriter {
    private(set) var bytes: [UInt8]
    private let query: Query
    /// Bytes that the records may reach up to; the OPT record's eleven are kept free.
    private let limit: Int
    private var counts: (answers: UInt16, authority: UInt16, additional: UInt16) = (0, 0, 0)
    private var flags: HeaderFlags
    private let code: ResponseCode
    /// Where names stand already. The question is entered when it is first needed: most answers point to it as a whole.
    private var places: [DNSName: Int] = [:]

    enum Section {
        case answer
        case authority
        case additional
    }

    /// - Parameter limit: bytes of the whole message.
    init(_ query: Query, _ code: ResponseCode, _ flags: HeaderFlags, limit: Int) {
        self.query = query
        self.code = code
        self.limit = limit - (query.edns == nil ? 0 : 11)
        // RFC 6840, 5.7: AD has a meaning only for who asked for it.
        let kept = query.flags.intersection([.recursionDesired, .checkingDisabled])
        self.flags = flags.union(kept).union([.response, .recursionAvailable])
        if !query.flags.contains(.authenticData), query.edns?.wantsSignatures != true {
            self.flags.remove(.authenticData)
        }
        bytes = []
        bytes.reserveCapacity(12 + query.question.count + 64)
        bytes.append(contentsOf: [UInt8](repeating: 0, count: 12))
        bytes.append(contentsOf: query.question)
    }

    /// An answer without records.
    static func empty(_ query: Query, _ code: ResponseCode, _ flags: HeaderFlags = []) -> [UInt8] {
        var writer = ResponseWriter(query, code, flags, limit: 512)
        return writer.finish()
    }

    /// - Returns: false when there is no room: the record is left out. An answer or authority left out marks the message
    ///   truncated, an additional one does not (RFC 2181, 9).
    mutating func add(_ record: Record, to section: Section) -> Bool {
        if flags.contains(.truncated) { return false }
        let start = bytes.count
        write(record)
        guard bytes.count <= limit else {
            bytes.removeLast(bytes.count - start)
            places = places.filter { $0.value < start }
            if section != .additional { flags.insert(.truncated) }
            return false
        }
        switch section {
        case .answer: counts.answers += 1
        case .authority: counts.authority += 1
        case .additional: counts.additional += 1
        }
        return true
    }

    /// The records of an upstream's answer as they are: their pointers hold, for the question before them is as long as it
    /// was. See `UpstreamAnswer`.
    mutating func add(_ body: UpstreamAnswer.Part) {
        bytes.append(contentsOf: body.bytes)
        counts = (body.answers, body.authority, body.additional)
        if body.isTruncated { flags.insert(.truncated) }
    }

    /// Bytes that are left for records.
    var room: Int { limit - bytes.count }

    mutating func finish() -> [UInt8] {
        if let edns = query.edns {
            let extended = UInt32(code.rawValue >> 4) << 24 | (edns.wantsSignatures ? 0x8000 : 0)
            bytes.append(0)
            put(RecordType.opt)
            put(UInt16(Query.largestDatagram))
            put(extended)
            put(UInt16(0))
            counts.additional += 1
        }
        let words = [
            query.id, flags.rawValue | code.rawValue & 0xf, 1, counts.answers, counts.authority, counts.additional,
        ]
        for (i, word) in words.enumerated() {
            bytes[2 * i] = UInt8(word >> 8)
            bytes[2 * i + 1] = UInt8(word & 0xff)
        }
        return bytes
    }

    private mutating func write(_ record: Record) {
        put(record.owner, compressed: true)
        put(record.type)
        put(RecordType.internet)
        put(record.ttl)
        let length = bytes.count
        put(UInt16(0))
        switch record.data {
        case .a(let address): put(address)
        case .ns(let name), .cname(let name), .ptr(let name): put(name, compressed: true)
        case .mx(let preference, let name):
            put(preference)
            put(name, compressed: true)
        case .srv(let priority, let weight, let port, let target):
            put(priority)
            put(weight)
            put(port)
            // Not compressed (RFC 2782), but others may point to it.
            put(target, compressed: false)
        case .soa(let soa):
            put(soa.server, compressed: true)
            put(soa.mailbox, compressed: true)
            for number in [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum] { put(number) }
        case .txt(let text):
            bytes.append(UInt8(text.count))
            bytes.append(contentsOf: text)
        case .other(_, let data): bytes.append(contentsOf: data)
        }
        let size = UInt16(bytes.count - length - 2)
        bytes[length] = UInt8(size >> 8)
        bytes[length + 1] = UInt8(size & 0xff)
    }

    private mutating func put(_ value: UInt16) {
        bytes.append(UInt8(value >> 8))
        bytes.append(UInt8(value & 0xff))
    }

    private mutating func put(_ value: UInt32) {
        put(UInt16(value >> 16))
        put(UInt16(value & 0xffff))
    }

    private mutating func put(_ name: DNSName, compressed: Bool) {
        if compressed, name == query.name {
            put(0xc000 | UInt16(12))
            return
        }
        if places.isEmpty { enter(query.name, at: 12) }
        guard compressed else {
            enter(name, at: bytes.count)
            bytes.append(contentsOf: name.wire)
            return
        }
        var rest = name
        var written = 0
        while rest != .root {
            if let place = places[rest] {
                bytes.append(contentsOf: name.wire[..<written])
                enter(name, at: bytes.count - written, upTo: written)
                put(0xc000 | UInt16(place))
                return
            }
            written += Int(rest.wire[0]) + 1
            guard let parent = rest.parent else { break }
            rest = parent
        }
        enter(name, at: bytes.count)
        bytes.append(contentsOf: name.wire)
    }

    /// Notes where the name and those above it stand, as far as a pointer's fourteen bits reach.
    private mutating func enter(_ name: DNSName, at start: Int, upTo end: Int = .max) {
        var rest = name
        var offset = 0
        while rest != .root, offset < end, start + offset < 0x4000, places[rest] == nil {
            places[rest] = start + offset
            offset += Int(rest.wire[0]) + 1
            guard let parent = rest.parent else { return }
            rest = parent
        }
    }
}
