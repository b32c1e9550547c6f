/// What an upstream server is asked; the same for every client that wants the same.
struct UpstreamQuestion: Hashable, Sendable {
    var name: DNSName
    var type: UInt16
    /// The client's CD and DO bits: they change the answer.
    var checkingDisabled: Bool
    var wantsSignatures: Bool

    init(_ query: Query, name: DNSName) {
        self.name = name
        type = query.type
        checkingDisabled = query.flags.contains(.checkingDisabled)
        wantsSignatures = query.edns?.wantsSignatures == true
    }

    /// One message that asks it, with an id and a mixture of cases that a forger would have to guess
    /// (draft-vixie-dnsext-dns0x20).
    struct Message: Sendable {
        var id: UInt16
        /// The question as it was written.
        var question: [UInt8]
        var bytes: [UInt8]
    }

    /// - Parameter plain: without EDNS, for a server that does not know it.
    func message(plain: Bool, using generator: inout some RandomNumberGenerator) -> Message {
        let id = UInt16.random(in: .min ... .max, using: &generator)
        var question = mixed(using: &generator)
        question += [UInt8(type >> 8), UInt8(type & 0xff), 0, 1]
        var flags = HeaderFlags.recursionDesired
        if checkingDisabled { flags.insert(.checkingDisabled) }
        // RFC 6840, 5.7: so a validating server says whether it found the answer authentic.
        flags.insert(.authenticData)
        let word = flags.rawValue
        var bytes = [UInt8(id >> 8), UInt8(id & 0xff), UInt8(word >> 8), UInt8(word & 0xff)]
        bytes += [0, 1, 0, 0, 0, 0, 0, plain ? 0 : 1]
        bytes += question
        if !plain {
            let size = UInt16(Query.largestDatagram)
            bytes += [0, 0, 41, UInt8(size >> 8), UInt8(size & 0xff), 0, 0, wantsSignatures ? 0x80 : 0, 0, 0, 0]
        }
        return Message(id: id, question: question, bytes: bytes)
    }

    private func mixed(using generator: inout some RandomNumberGenerator) -> [UInt8] {
        var wire = name.wire
        var bits: UInt64 = 0
        // Lengths are below 64 and so never letters.
        for i in wire.indices where (0x61...0x7a).contains(wire[i]) {
            if i % 64 == 0 || bits == 0 { bits = generator.next() }
            if bits & 1 == 1 { wire[i] &= 0xdf }
            bits >>= 1
        }
        return wire
    }
}
