import KubernetesAPI
import Linux

/// The node that the frontends are for.
struct NodeFacts: Sendable, Equatable {
    var name: String
    /// Its own addresses, at which node ports answer.
    var addresses: [IPv4Address]
}

/// What a Service asks of this node: each frontend and what it leads to.
enum ServiceFrontends {
    static func wanted(
        _ service: Service, _ slices: some Collection<EndpointSlice>, _ node: NodeFacts
    ) -> [Frontend: Backends] {
        let spec = service.spec
        guard spec.type != "ExternalName", let text = spec.clusterIP, let clusterIP = IPv4Address(text) else {
            return [:]
        }
        var wanted: [Frontend: Backends] = [:]
        for port in spec.ports ?? [] {
            guard let transport = TransportProtocol(port.protocol), let number = UInt16(exactly: port.port) else {
                continue
            }
            let everywhere = backends(service, slices, port, transport, on: nil)
            var inside = everywhere
            if spec.internalTrafficPolicy == "Local" {
                inside = backends(service, slices, port, transport, on: node.name)
            }
            wanted[Frontend(address: clusterIP, protocol: transport, port: number)] = inside
            for (address, number) in outsideAddresses(service, port, node) {
                let frontend = Frontend(address: address, protocol: transport, port: number)
                // Pods and this host reach every endpoint through it, as in Kubernetes; the policy is for outsiders.
                wanted[frontend] = everywhere
                guard spec.externalTrafficPolicy == "Local" else { continue }
                var outside = frontend
                outside.scope = .outside
                wanted[outside] = backends(service, slices, port, transport, on: node.name)
            }
        }
        return wanted
    }

    private static func backends(
        _ service: Service, _ slices: some Collection<EndpointSlice>, _ port: ServicePort,
        _ transport: TransportProtocol, on node: String?
    ) -> Backends {
        var backends = Backends(
            targets: EndpointChoice.targets(slices, portName: port.name ?? "", protocol: transport, on: node))
        if node != nil { backends.unavailable = .drop }
        if service.spec.sessionAffinity == "ClientIP" {
            backends.affinity = UInt32(service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800)
        }
        return backends
    }

    /// Node ports on the node's own addresses, external addresses, and the load balancer's, which are nodes' own.
    private static func outsideAddresses(
        _ service: Service, _ port: ServicePort, _ node: NodeFacts
    ) -> [(IPv4Address, UInt16)] {
        var found: [(IPv4Address, UInt16)] = []
        if let nodePort = port.nodePort.flatMap({ UInt16(exactly: $0) }), nodePort > 0 {
            found += node.addresses.map { ($0, nodePort) }
        }
        guard let number = UInt16(exactly: port.port) else { return found }
        var external = service.spec.externalIPs ?? []
        if service.spec.type == "LoadBalancer" {
            // `Proxy` mode: the balancer is something else, which wants to see the traffic itself.
            let ingress = service.status.loadBalancer?.ingress ?? []
            external += ingress.filter { $0.ipMode != "Proxy" }.compactMap(\.ip)
        }
        return found + external.compactMap { IPv4Address($0) }.map { ($0, number) }
    }
}
