/// A domain name as it goes over the wire, in lower case: labels with their lengths, then the root's 0 (RFC 1035, 3.1).
/// Names are compared without regard to case (RFC 4343), so a key is made of the lower-case form.
struct DNSName: Hashable, Sendable, CustomStringConvertible {
    /// At most 255 bytes, labels of 1 to 63; ends with 0.
    let wire: [UInt8]

    static let root = DNSName(wire: [0])
    static let longest = 255

    /// - Parameter wire: well-formed and in lower case.
    init(wire: [UInt8]) { self.wire = wire }

    /// A name in dots: `www.example.com`, with or without the root's dot. Nil when it cannot be expressed: an empty or too
    /// long label, or more than 255 bytes in all.
    init?(_ text: String) {
        var wire: [UInt8] = []
        var body = Substring(text)
        if body.last == "." { body.removeLast() }
        if !body.isEmpty {
            for label in body.split(separator: ".", omittingEmptySubsequences: false) {
                let bytes = label.utf8
                guard (1...63).contains(bytes.count) else { return nil }
                wire.append(UInt8(bytes.count))
                wire.append(contentsOf: bytes.lazy.map(Self.lowercased))
            }
        }
        wire.append(0)
        guard wire.count <= Self.longest else { return nil }
        self.wire = wire
    }

    /// The name below this one. Nil when it would be too long.
    func prepending(_ label: String) -> DNSName? {
        let bytes = label.utf8
        guard (1...63).contains(bytes.count), wire.count + bytes.count < Self.longest else { return nil }
        return DNSName(wire: [UInt8(bytes.count)] + bytes.map(Self.lowercased) + wire)
    }

    /// Nil for the root.
    var parent: DNSName? {
        guard let first = wire.first, first > 0 else { return nil }
        return DNSName(wire: Array(wire[(Int(first) + 1)...]))
    }

    /// How many bytes come before `suffix`, when this name is that one or below it.
    func offset(of suffix: DNSName) -> Int? {
        let wanted = wire.count - suffix.wire.count
        guard wanted >= 0 else { return nil }
        var at = 0
        while at < wanted { at += Int(wire[at]) + 1 }
        guard at == wanted, wire[at...].elementsEqual(suffix.wire) else { return nil }
        return at
    }

    func isWithin(_ suffix: DNSName) -> Bool { offset(of: suffix) != nil }

    /// The labels before the given offset, from the left.
    func labels(before end: Int) -> [ArraySlice<UInt8>] {
        var labels: [ArraySlice<UInt8>] = []
        var at = 0
        while at < end {
            let next = at + Int(wire[at]) + 1
            labels.append(wire[(at + 1)..<next])
            at = next
        }
        return labels
    }

    /// As in a zone file, with what is not printable as `\DDD` (RFC 1035, 5.1): names in logs come from strangers.
    var description: String {
        let labels = labels(before: wire.count - 1).map { label in
            label.map { byte -> String in
                switch byte {
                case UInt8(ascii: "."), UInt8(ascii: "\\"): "\\\(Character(UnicodeScalar(byte)))"
                case 0x21...0x7e: String(Character(UnicodeScalar(byte)))
                default: "\\" + String(String(1000 + Int(byte)).dropFirst())
                }
            }.joined()
        }
        return labels.isEmpty ? "." : labels.joined(separator: ".")
    }

    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }
}
