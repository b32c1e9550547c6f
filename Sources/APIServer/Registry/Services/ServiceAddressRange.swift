import Glibc

/// The block of IPv4 addresses that services get theirs from: `10.43.0.0/16`.
struct ServiceAddressRange: Sendable, Equatable, CustomStringConvertible {
    let network: UInt32
    let prefix: Int

    /// - Throws: where the text is no block, or one too small for the API server's and the DNS server's addresses.
    init(_ text: String) throws(ServiceAddressRangeError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let address = Self.address(parts[0]), let prefix = Int(parts[1]),
            (8...28).contains(prefix), address & (~0 >> UInt32(prefix)) == 0
        else { throw ServiceAddressRangeError(text: text) }
        network = address
        self.prefix = prefix
    }

    /// The addresses that a service may have: neither the block's own nor its last.
    var usable: Range<UInt32> { (network + 1)..<(network | (~0 >> UInt32(prefix))) }

    /// The API server's own.
    var first: UInt32 { network + 1 }
    /// Where the cluster's DNS answers.
    var dns: UInt32 { network + 10 }

    /// Those that are given to services which ask for none; the ones before are left, while there is room, to those that name
    /// theirs. Source: KEP-3070.
    var dynamic: Range<UInt32> {
        let reserved = min(max(16, UInt32(usable.count) / 16), 256)
        return usable.count <= 16 ? usable : (usable.lowerBound + reserved)..<usable.upperBound
    }

    var description: String { "\(Self.text(network))/\(prefix)" }

    /// Nil for what is no IPv4 address. Zeros in front are refused: other programs read such a number as octal.
    static func address(_ text: String) -> UInt32? {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1 ? UInt32(bigEndian: address.s_addr) : nil
    }

    static func text(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 0xff).\(address >> 8 & 0xff).\(address & 0xff)"
    }
}

struct ServiceAddressRangeError: Error, CustomStringConvertible {
    var text: String
    var description: String {
        "the range of services' addresses '\(text)' is no IPv4 block of 16 or more addresses: write it as 10.43.0.0/16"
    }
}
