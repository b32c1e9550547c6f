/// The types of records that have a meaning here (RFC 1035, 2782, 6891, 8482).
enum RecordType {
    static let a: UInt16 = 1
    static let ns: UInt16 = 2
    static let cname: UInt16 = 5
    static let soa: UInt16 = 6
    static let ptr: UInt16 = 12
    static let mx: UInt16 = 15
    static let txt: UInt16 = 16
    static let aaaa: UInt16 = 28
    static let srv: UInt16 = 33
    static let opt: UInt16 = 41
    static let any: UInt16 = 255

    /// TKEY, TSIG, IXFR and AXFR: questions about a connection or for a whole zone, which nobody gets here.
    static func isRefused(_ type: UInt16) -> Bool { (249...252).contains(type) }
    static let internet: UInt16 = 1
}

/// RFC 1035, 4.1.1; BADVERS is of RFC 6891 and needs an OPT record for its upper bits.
enum ResponseCode: UInt16, Sendable {
    case noError = 0
    case formatError = 1
    case serverFailure = 2
    case nameError = 3
    case notImplemented = 4
    case refused = 5
    case badVersion = 16
}

/// The second word of a message's header (RFC 1035, 4.1.1; AD and CD are of RFC 4035).
struct HeaderFlags: OptionSet, Sendable {
    let rawValue: UInt16
    static let response = HeaderFlags(rawValue: 0x8000)
    static let authoritative = HeaderFlags(rawValue: 0x0400)
    static let truncated = HeaderFlags(rawValue: 0x0200)
    static let recursionDesired = HeaderFlags(rawValue: 0x0100)
    static let recursionAvailable = HeaderFlags(rawValue: 0x0080)
    static let authenticData = HeaderFlags(rawValue: 0x0020)
    static let checkingDisabled = HeaderFlags(rawValue: 0x0010)

    var opcode: UInt16 { rawValue >> 11 & 0xf }
    var code: UInt16 { rawValue & 0xf }
}
