@testable import DNS

/// A question as a client sends it.
func question(
    _ name: String, _ type: UInt16 = RecordType.a, id: UInt16 = 0x1234, flags: UInt16 = 0x0100, edns: UInt16? = nil
) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xff), UInt8(flags >> 8), UInt8(flags & 0xff)]
    bytes += [0, 1, 0, 0, 0, 0, 0, edns == nil ? 0 : 1]
    bytes += wire(name) + [UInt8(type >> 8), UInt8(type & 0xff), 0, 1]
    if let edns { bytes += [0, 0, 41, UInt8(edns >> 8), UInt8(edns & 0xff), 0, 0, 0, 0, 0, 0] }
    return bytes
}

/// With its case.
func wire(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
}

/// An answer taken apart again, by other code than wrote it.
struct Parsed: Equatable {
    var id: UInt16
    var flags: UInt16
    var question: [UInt8]
    var answers: [String] = []
    var authority: [String] = []
    var additional: [String] = []

    var code: UInt16 { flags & 0xf }
    var isTruncated: Bool { flags & 0x0200 != 0 }
    var isAuthoritative: Bool { flags & 0x0400 != 0 }

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 12 else { return nil }
        func word(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
        id = UInt16(word(0))
        flags = UInt16(word(2))
        var at = 12
        if word(4) == 1 {
            guard Self.name(bytes, &at) != nil, at + 4 <= bytes.count else { return nil }
            at += 4
        }
        question = Array(bytes[12..<at])
        for (section, count) in [word(6), word(8), word(10)].enumerated() {
            for _ in 0..<count {
                guard let text = Self.record(bytes, &at) else { return nil }
                switch section {
                case 0: answers.append(text)
                case 1: authority.append(text)
                default: additional.append(text)
                }
            }
        }
        guard at == bytes.count else { return nil }
    }

    private static func record(_ bytes: [UInt8], _ at: inout Int) -> String? {
        guard let owner = name(bytes, &at), at + 10 <= bytes.count else { return nil }
        func word(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
        let type = word(at)
        let dnsClass = word(at + 2)
        let ttl = word(at + 4) << 16 | word(at + 6)
        let length = word(at + 8)
        at += 10
        guard at + length <= bytes.count else { return nil }
        let end = at + length
        defer { at = end }
        var data = at
        switch UInt16(type) {
        case RecordType.a where length == 4:
            return "\(owner) \(ttl) A \(bytes[at..<end].map { "\($0)" }.joined(separator: "."))"
        case RecordType.cname, RecordType.ptr, RecordType.ns:
            let kind = [5: "CNAME", 12: "PTR", 2: "NS"][type]!
            return name(bytes, &data).map { "\(owner) \(ttl) \(kind) \($0)" }
        case RecordType.srv:
            guard length > 6 else { return nil }
            let numbers = "\(word(at)) \(word(at + 2)) \(word(at + 4))"
            data = at + 6
            return name(bytes, &data).map { "\(owner) \(ttl) SRV \(numbers) \($0)" }
        case RecordType.soa:
            guard let server = name(bytes, &data), let mailbox = name(bytes, &data),
                data + 20 == end
            else { return nil }
            return "\(owner) \(ttl) SOA \(server) \(mailbox) \(word(data + 16) << 16 | word(data + 18))"
        case RecordType.txt where length > 0:
            return "\(owner) \(ttl) TXT \(String(decoding: bytes[(at + 1)..<end], as: UTF8.self))"
        case RecordType.opt: return "OPT \(dnsClass) \(ttl)"
        default: return "\(owner) \(ttl) TYPE\(type) \(bytes[at..<end].map { "\($0)" }.joined(separator: " "))"
        }
    }

    private static func name(_ bytes: [UInt8], _ at: inout Int) -> String? {
        var labels: [String] = []
        var place = at
        var jumps = 0
        while true {
            guard place < bytes.count else { return nil }
            let length = Int(bytes[place])
            if length == 0 {
                if jumps == 0 { at = place + 1 }
                return labels.isEmpty ? "." : labels.joined(separator: ".")
            }
            if length >= 0xc0 {
                guard place + 1 < bytes.count, jumps < 64 else { return nil }
                if jumps == 0 { at = place + 2 }
                place = (length & 0x3f) << 8 | Int(bytes[place + 1])
                jumps += 1
                continue
            }
            guard length < 64, place + 1 + length <= bytes.count else { return nil }
            labels.append(String(decoding: bytes[(place + 1)..<(place + 1 + length)], as: UTF8.self))
            place += length + 1
        }
    }
}
