import Client
import Linux

/// What this machine must be told to be a node, whether the server runs beside it or elsewhere.
struct NodeSettings: Sendable {
    var dataDirectory: String
    var runDirectory: String
    var nodeName: String
    var address: HostAddress
    /// This node's part of the pod range.
    var podCIDR: IPv4Range
    /// All nodes' pods.
    var clusterCIDR: IPv4Range
    var serviceCIDR: IPv4Range
    var dnsAddress: IPv4Address
    /// Where this node answers for itself: the API server's port where that runs here.
    var endpointPort: Int
    /// Where the API is, on a machine that does not serve it itself.
    var server: String?

    /// Log collectors look for pods' logs in /var/log/pods; a second instance on the machine must not mix its own in.
    var logDirectory: String {
        dataDirectory == ServerConfiguration.defaultDataDirectory ? "/var/log/pods" : dataDirectory + "/log/pods"
    }

    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }
}

extension NodeSettings {
    /// - Parameter known: the node's range as its Node object has it; nil for a node that is new.
    /// - Throws: `Unusable` where the range of a node that exists is outside the cluster's.
    init(_ server: ServerConfiguration, known: String?) throws {
        // A node keeps its range: its pods have addresses of it.
        let range = known.flatMap { IPv4Range($0) } ?? server.nodePodCIDR
        guard server.podCIDR.contains(range.network), range.prefix >= server.podCIDR.prefix else {
            throw Unusable(
                description: "node \(server.nodeName) has the pod range \(range), which is not in --pod-cidr "
                    + "\(server.podCIDR): give the range that the cluster was made with")
        }
        self.init(
            dataDirectory: server.dataDirectory, runDirectory: server.runDirectory, nodeName: server.nodeName,
            address: try Self.address(server.nodeAddress, [server.podCIDR, server.serviceCIDR]), podCIDR: range,
            clusterCIDR: server.podCIDR, serviceCIDR: server.serviceCIDR,
            dnsAddress: server.dnsAddress, endpointPort: server.listenPort)
    }

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

    private static func address(_ given: IPv4Address?, _ cluster: [IPv4Range]) throws -> HostAddress {
        try given.map { HostAddress(fixed: $0) } ?? HostAddress(except: cluster)
    }
}
