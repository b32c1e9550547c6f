/// A block of IPv4 addresses: `10.42.0.0/16`.
public struct IPv4Range: Sendable, Hashable, LosslessStringConvertible {
    /// The first address: no bit beyond the prefix is set.
    public let network: IPv4Address
    /// 0 to 32.
    public let prefix: Int

    /// Nil when the prefix is not 0 to 32. Bits of the address beyond it are cleared.
    public init?(_ address: IPv4Address, prefix: Int) {
        guard (0...32).contains(prefix) else { return nil }
        self.prefix = prefix
        network = IPv4Address(rawValue: address.rawValue & IPv4Range.mask(prefix))
    }

    /// `ADDRESS/PREFIX`; nil also when the address has bits beyond the prefix, which is most often a slip.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(String(parts[0])), parts[1].count <= 2,
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let prefix = Int(parts[1]),
            let range = IPv4Range(address, prefix: prefix), range.network == address
        else { return nil }
        self = range
    }

    /// One address: `/32`.
    public static func host(_ address: IPv4Address) -> IPv4Range { IPv4Range(address, prefix: 32)! }
    /// Everything: `0.0.0.0/0`.
    public static let all = IPv4Range(IPv4Address(rawValue: 0), prefix: 0)!

    public var broadcast: IPv4Address { IPv4Address(rawValue: network.rawValue | ~IPv4Range.mask(prefix)) }
    public var count: Int { 1 << (32 - prefix) }
    public func contains(_ address: IPv4Address) -> Bool {
        address.rawValue & IPv4Range.mask(prefix) == network.rawValue
    }
    public var description: String { "\(network)/\(prefix)" }

    private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : ~0 << UInt32(32 - prefix) }
}
