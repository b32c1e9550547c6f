public import Linux

/// What a node's proxy has to know.
public struct ProxyConfiguration: Sendable {
    public var nodeName: String
    /// The node's own address, which may change: the source of the host's traffic to Services, and an address of its node ports.
    public var nodeAddress: HostAddress
    /// All nodes' pods: they count as inside, whichever node they are on.
    public var podCIDR: IPv4Range
    /// This node's pods.
    public var nodePodCIDR: IPv4Range
    public var serviceCIDR: IPv4Range
    /// Where the cluster's DNS answers; an address of `serviceCIDR`.
    public var dnsAddress: IPv4Address
    /// The nftables table, unique an instance; see `tableNames`.
    public var tableName: String
    /// The interface that holds the DNS address and the route to Services: at most 14 bytes, unique an instance.
    public var interfaceName: String

    /// A table that is made anew takes the other name. Its place could be taken in one transaction under one name; but a packet
    /// goes by the rules that it met and by the elements of the moment: in the old table's rules it would find no element any
    /// more, and lose its connection.
    var tableNames: [String] { [tableName, tableName + "-b"] }

    /// The address of this moment.
    var nodeIP: IPv4Address { nodeAddress.current }

    public init(
        nodeName: String, nodeAddress: HostAddress, podCIDR: IPv4Range, nodePodCIDR: IPv4Range, serviceCIDR: IPv4Range,
        dnsAddress: IPv4Address, tableName: String, interfaceName: String
    ) {
        self.nodeName = nodeName
        self.nodeAddress = nodeAddress
        self.podCIDR = podCIDR
        self.nodePodCIDR = nodePodCIDR
        self.serviceCIDR = serviceCIDR
        self.dnsAddress = dnsAddress
        self.tableName = tableName
        self.interfaceName = interfaceName
    }
}
