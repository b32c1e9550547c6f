/// What every node of a cluster must know alike of its network. Ranges and addresses as text.
public struct ClusterNetwork: Sendable, Codable, Equatable {
    /// Seconds that a node's certificate is valid.
    public static let certificateLifetime: Int64 = 90 * 86_400

    /// All pods of all nodes.
    public var podCIDR: String
    public var serviceCIDR: String
    public var dnsAddress: String

    public init(podCIDR: String, serviceCIDR: String, dnsAddress: String) {
        self.podCIDR = podCIDR
        self.serviceCIDR = serviceCIDR
        self.dnsAddress = dnsAddress
    }
}
