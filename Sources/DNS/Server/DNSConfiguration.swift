public import Linux

/// What a DNS server is told. No value is a constant of the machine: several run side by side.
public struct DNSConfiguration: Sendable {
    /// Where it answers, UDP and TCP: the tenth address of the service range. It need not be on the machine yet.
    public var address: IPv4Address
    public var port: UInt16 = 53
    public var clusterDomain = "cluster.local"
    /// Services' and all nodes' pods' addresses: reverse names of theirs are asked of nobody else.
    public var serviceCIDR: IPv4Range
    public var podCIDR: IPv4Range
    /// Names the servers that are asked about everything outside the cluster.
    public var resolvConfPath = "/etc/resolv.conf"
    /// The port of those servers: 53 but for tests.
    public var upstreamPort: UInt16 = 53

    public init(address: IPv4Address, serviceCIDR: IPv4Range, podCIDR: IPv4Range) {
        self.address = address
        self.serviceCIDR = serviceCIDR
        self.podCIDR = podCIDR
    }
}

/// Why a DNS server does not run.
public struct DNSError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
