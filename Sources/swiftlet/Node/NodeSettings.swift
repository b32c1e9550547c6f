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
        dataDirectory == Installation.dataDirectory ? "/var/log/pods" : dataDirectory + "/log/pods"
    }

    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }
}

extension NodeSettings {
    /// - Parameter cluster: ranges whose addresses are no machine's own.
    static func address(_ given: IPv4Address?, _ cluster: [IPv4Range]) throws -> HostAddress {
        try given.map { HostAddress(fixed: $0) } ?? HostAddress(except: cluster)
    }
}
