import KubernetesAPI
import Linux

/// What a pod's hostPorts ask of its node. A pod on the host's own network listens there by itself.
enum HostPortFrontends {
    static func wanted(_ pod: Pod, _ node: NodeFacts) -> [Frontend: Backends] {
        guard pod.spec.nodeName == node.name, pod.spec.hostNetwork != true, pod.status.phase != "Succeeded",
            pod.status.phase != "Failed", let address = pod.status.podIP.flatMap({ IPv4Address($0) })
        else { return [:] }
        var wanted: [Frontend: Backends] = [:]
        for port in (pod.spec.containers + (pod.spec.initContainers ?? [])).flatMap({ $0.ports ?? [] }) {
            guard let transport = TransportProtocol(port.protocol),
                let hostPort = port.hostPort.flatMap({ UInt16(exactly: $0) }), hostPort > 0,
                let containerPort = UInt16(exactly: port.containerPort)
            else { continue }
            let own = port.hostIP.flatMap { IPv4Address($0) }.flatMap { $0.rawValue == 0 ? nil : [$0] }
            for hostAddress in own ?? node.addresses {
                wanted[Frontend(address: hostAddress, protocol: transport, port: hostPort)] = Backends(
                    targets: [Target(address: address, port: containerPort)])
            }
        }
        return wanted
    }
}
