/// A place in a message that somebody else wrote: every read is checked, none goes beyond the end.
struct MessageReader {
    let bytes: UnsafeRawBufferPointer
    var at: Int

    init(_ bytes: UnsafeRawBufferPointer, at: Int = 0) {
        self.bytes = bytes
        self.at = at
    }

    struct Malformed: Error {}

    mutating func uint8() throws(Malformed) -> UInt8 {
        guard at < bytes.count else { throw Malformed() }
        defer { at += 1 }
        return bytes[at]
    }

    mutating func uint16() throws(Malformed) -> UInt16 {
        guard at + 2 <= bytes.count else { throw Malformed() }
        defer { at += 2 }
        return UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1])
    }

    mutating func uint32() throws(Malformed) -> UInt32 {
        let high = try uint16()
        return UInt32(high) << 16 | UInt32(try uint16())
    }

    mutating func skip(_ count: Int) throws(Malformed) {
        guard at + count <= bytes.count else { throw Malformed() }
        at += count
    }

    /// A name in lower case. A pointer must lead backwards, each further than the last, so that reading ends
    /// (RFC 1035, 4.1.4: "a prior occurrence").
    ///
    /// - Parameter compressed: whether pointers are allowed.
    mutating func name(compressed: Bool = true) throws(Malformed) -> DNSName {
        var wire: [UInt8] = []
        wire.reserveCapacity(64)
        var place = at
        var end: Int?
        var barrier = at
        while true {
            guard place < bytes.count else { throw Malformed() }
            let length = Int(bytes[place])
            switch length {
            case 0:
                wire.append(0)
                at = end ?? place + 1
                return DNSName(wire: wire)
            case 1...63:
                let next = place + 1 + length
                guard next <= bytes.count, wire.count + length + 2 <= DNSName.longest else { throw Malformed() }
                wire.append(UInt8(length))
                for i in place + 1..<next { wire.append(DNSName.lowercased(bytes[i])) }
                place = next
            case 0xc0...:
                guard compressed, place + 1 < bytes.count else { throw Malformed() }
                let target = (length & 0x3f) << 8 | Int(bytes[place + 1])
                guard target < barrier, target >= 12 else { throw Malformed() }
                if end == nil { end = place + 2 }
                barrier = target
                place = target
            default: throw Malformed()  // 0x40 and 0x80 were never assigned for good (RFC 6891, 5)
            }
        }
    }

    /// The fixed part of a record after its name; `at` is then at the data.
    struct RecordHead {
        var type: UInt16
        var dnsClass: UInt16
        var ttl: UInt32
        var length: Int
    }

    mutating func recordHead() throws(Malformed) -> RecordHead {
        let head = RecordHead(
            type: try uint16(), dnsClass: try uint16(), ttl: try uint32(), length: Int(try uint16()))
        guard at + head.length <= bytes.count else { throw Malformed() }
        return head
    }
}
