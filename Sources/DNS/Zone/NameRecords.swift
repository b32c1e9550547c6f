/// What one name has.
struct NameRecords: Sendable, Equatable {
    /// In the machine's order.
    var addresses: [UInt32] = []
    var targets: [Target] = []
    var alias: DNSName?
    var text: [UInt8]?

    /// Where a named port is served (SRV).
    struct Target: Sendable, Equatable {
        var port: UInt16
        var name: DNSName
        /// The name's addresses, which save the client a question.
        var addresses: [UInt32]
    }
}
