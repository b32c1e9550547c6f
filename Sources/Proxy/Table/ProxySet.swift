import Linux

/// The sets and maps of the table. A packet's cost is two look-ups here, however many Services there are.
enum ProxySet: String, CaseIterable, Sendable {
    /// (address, protocol, port) -> its class.
    case services
    /// The same for clients from outside, where they are treated differently; asked first.
    case outside
    /// Class -> its chain. A map of its own and small: the kernel walks a map of verdicts, and every chain behind, whenever
    /// one is added to it (nft_chain_validate), so it must not grow with the Services.
    case classes
    /// (address, protocol, port, index) -> (address, port).
    case endpoints
    /// (client, address, protocol, port) -> the endpoint's address: filled in the packet's path.
    case affinity
    /// (address, protocol, port, index) -> the endpoint's address, of frontends with affinity; these are not in `endpoints`.
    case choices
    /// (address, protocol, port, endpoint's address) -> (address, port): what an affinity may still lead to.
    case live
    /// (address, the same address) of pods of this node: a pod that reaches itself.
    case hairpin
    /// (address, protocol, port) of targets that are not this node's pods.
    case remote

    var definition: NftablesSet {
        switch self {
        case .services, .outside: NftablesSet(rawValue, key: Self.frontend, value: .fields([.priority]))
        case .classes: NftablesSet(rawValue, key: [.priority], value: .verdict)
        case .endpoints: NftablesSet(rawValue, key: Self.frontend + [.priority], value: .fields(Self.target))
        case .affinity:
            NftablesSet(
                rawValue, key: [.address] + Self.frontend, value: .fields([.priority]),
                dynamicSize: Self.affinitySize)
        case .choices: NftablesSet(rawValue, key: Self.frontend + [.priority], value: .fields([.priority]))
        case .live: NftablesSet(rawValue, key: Self.frontend + [.priority], value: .fields(Self.target))
        case .hairpin: NftablesSet(rawValue, key: [.address, .address])
        case .remote: NftablesSet(rawValue, key: Self.frontend)
        }
    }

    /// Clients remembered at most; beyond, further ones are spread as if there were no affinity.
    static let affinitySize: UInt32 = 262_144

    private static let frontend: [NftablesSet.Field] = [.address, .transportProtocol, .port]
    private static let target: [NftablesSet.Field] = [.address, .port]
}

/// Keys and values as they lie in the registers: four bytes a field, addresses and ports in the network's order.
enum ElementBytes {
    static func address(_ address: IPv4Address) -> [UInt8] {
        withUnsafeBytes(of: address.rawValue.bigEndian) { Array($0) }
    }

    static func frontend(_ frontend: Frontend) -> [UInt8] {
        address(frontend.address) + [frontend.protocol.rawValue, 0, 0, 0] + port(frontend.port)
    }

    static func target(_ target: Target) -> [UInt8] { address(target.address) + port(target.port) }

    static func number(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

    /// As it lies in a register that the packet's priority went through: the machine's order, four bytes as they are.
    static func asNumber(_ address: IPv4Address) -> [UInt8] { number(address.rawValue) }

    private static func port(_ port: UInt16) -> [UInt8] { [UInt8(port >> 8), UInt8(truncatingIfNeeded: port), 0, 0] }
}
