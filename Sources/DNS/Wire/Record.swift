/// A record of an answer.
struct Record: Sendable, Equatable {
    var owner: DNSName
    /// Seconds.
    var ttl: UInt32
    var data: Data

    enum Data: Sendable, Equatable {
        /// In the machine's order.
        case a(UInt32)
        case ns(DNSName)
        case cname(DNSName)
        case ptr(DNSName)
        case soa(SOA)
        case mx(preference: UInt16, DNSName)
        case srv(priority: UInt16, weight: UInt16, port: UInt16, target: DNSName)
        /// One string, at most 255 bytes.
        case txt([UInt8])
        /// A type without names in its data (RFC 3597: what is unknown is passed on as it is).
        case other(type: UInt16, [UInt8])
    }

    struct SOA: Sendable, Equatable {
        var server: DNSName
        var mailbox: DNSName
        var serial: UInt32
        var refresh: UInt32 = 7200
        var retry: UInt32 = 1800
        var expire: UInt32 = 86400
        /// For how long a resolver may remember that something is not there (RFC 2308).
        var minimum: UInt32
    }

    var type: UInt16 {
        switch data {
        case .a: RecordType.a
        case .ns: RecordType.ns
        case .cname: RecordType.cname
        case .ptr: RecordType.ptr
        case .soa: RecordType.soa
        case .mx: RecordType.mx
        case .srv: RecordType.srv
        case .txt: RecordType.txt
        case .other(let type, _): type
        }
    }
}
