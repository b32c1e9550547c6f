import Linux

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
}
