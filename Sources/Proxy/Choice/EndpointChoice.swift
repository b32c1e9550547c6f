import KubernetesAPI
import Linux

/// Which endpoints serve. Source: kube-proxy's pkg/proxy/topology.go (v1.33) and KEP-1669.
enum EndpointChoice {
    /// Those that are ready; when none is, those that still serve while they terminate.
    ///
    /// - portName: of the service's port; the slices' ports are told apart by it.
    /// - node: only endpoints on this node; nil: all.
    static func targets(
        _ slices: some Collection<EndpointSlice>, portName: String, protocol: TransportProtocol, on node: String? = nil
    ) -> [Target] {
        var ready: Set<Target> = []
        var leaving: Set<Target> = []
        for slice in slices where slice.addressType == "IPv4" {
            let ports = (slice.ports ?? []).filter {
                ($0.name ?? "") == portName && TransportProtocol($0.protocol) == `protocol`
            }
            for port in ports {
                guard let number = port.port.flatMap({ UInt16(exactly: $0) }), number > 0 else { continue }
                for endpoint in slice.endpoints where node == nil || endpoint.nodeName == node {
                    // The addresses of an endpoint are the same thing; Kubernetes uses the first.
                    guard let address = endpoint.addresses.first.flatMap({ IPv4Address($0) }) else { continue }
                    let target = Target(address: address, port: number)
                    let conditions = endpoint.conditions
                    if conditions?.ready ?? true {
                        ready.insert(target)
                    } else if conditions?.serving ?? false, conditions?.terminating ?? false {
                        leaving.insert(target)
                    }
                }
            }
        }
        return (ready.isEmpty ? leaving : ready).sorted()
    }
}
