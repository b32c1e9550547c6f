import Client
import Linux

extension NodeSettings {
    /// - Throws: `Unusable` for an answer of the server that holds no ranges.
    init(_ agent: AgentConfiguration, _ membership: Membership) throws {
        let network = membership.network
        guard let range = IPv4Range(membership.podCIDR), let cluster = IPv4Range(network.podCIDR),
            let services = IPv4Range(network.serviceCIDR), let dns = IPv4Address(network.dnsAddress)
        else {
            throw Unusable(description: "the server gave ranges that cannot be read: \(membership.podCIDR), \(network)")
        }
        self.init(
            dataDirectory: agent.dataDirectory, runDirectory: agent.runDirectory, nodeName: agent.nodeName,
            address: try Self.address(agent.nodeAddress, [cluster, services]), podCIDR: range, clusterCIDR: cluster,
            serviceCIDR: services, dnsAddress: dns,
            endpointPort: agent.endpointPort, server: membership.server)
    }
}
