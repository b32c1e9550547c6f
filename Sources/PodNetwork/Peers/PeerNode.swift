public import Linux

/// Another node, as far as the network is concerned.
public struct PeerNode: Sendable, Hashable {
    public var name: String
    /// Where the node itself is reached.
    public var address: IPv4Address
    /// Its pods.
    public var podCIDR: IPv4Range

    public init(name: String, address: IPv4Address, podCIDR: IPv4Range) {
        self.name = name
        self.address = address
        self.podCIDR = podCIDR
    }

    /// The address by which the node's end of the tunnel is the next hop to its pods: the range's second, which is the
    /// gateway of its pods there.
    var tunnelAddress: IPv4Address { IPv4Address(rawValue: podCIDR.network.rawValue + 1) }
    /// Made of the range, so that nobody has to be told it.
    var tunnelHardware: HardwareAddress { HardwareAddress(of: podCIDR.network) }
}

/// How the kernel reaches a peer's own address.
enum PeerPath: Sendable, Hashable {
    /// On a link that both share: packets of pods can be handed over as they are.
    case direct(linkIndex: Int32)
    /// Through routers, which know nothing of pods.
    case routed(mtu: UInt32)
    /// Not at all, at present.
    case none
}
