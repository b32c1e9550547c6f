import Client

/// The names and addresses that the server's certificate must hold, without repetitions and in a steady order.
struct ServerNames {
    var listenAddress: String
    var nodeIP: String
    var nodeName: String
    /// The first address of the Service range, on which Pods reach the API.
    var serviceIP: String

    /// `0.0.0.0` and `::` stand for every address and are nobody's name.
    static func isUnspecified(_ address: String) -> Bool { address == "0.0.0.0" || address == "::" }

    var profile: CertificateProfile {
        var names = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"]
        names.append("kubernetes.default.svc.cluster.local")
        var addresses: [String] = ["127.0.0.1"]
        for candidate in [listenAddress, nodeIP, nodeName, serviceIP]
        where !candidate.isEmpty && !Self.isUnspecified(candidate) {
            if addressBytes(candidate) != nil {
                if !addresses.contains(candidate) { addresses.append(candidate) }
            } else if !names.contains(candidate) {
                names.append(candidate)
            }
        }
        // As every node's own endpoint: other nodes ask the server for its images.
        names.append(NodeServerName.of(nodeName))
        return .server(names: names, addresses: addresses)
    }
}
