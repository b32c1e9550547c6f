import KubernetesAPI

/// What services see of a pod; two pods that are equal in this are the same to them.
/// Source: k8s.io/endpointslice utils.go, ShouldPodBeInEndpoints and podToEndpoint.
struct PodEndpoint: Equatable {
    var labels: [String: String]
    var address: String?
    var isReady: Bool
    var isTerminating: Bool
    var isTerminal: Bool
    var node: String?

    init(_ pod: Pod) {
        labels = pod.metadata.labels ?? [:]
        address = pod.status.podIP.flatMap { $0.isEmpty ? nil : $0 }
        isReady = pod.isReady
        isTerminating = pod.metadata.deletionTimestamp != nil || pod.endsWithItsNode
        isTerminal = pod.isTerminal
        node = pod.spec.nodeName
    }

    /// A pod that has ended answers nobody, and its address may be another's by now.
    var mayServe: Bool { address != nil && !isTerminal }
}

extension Endpoint {
    /// Nil for a pod that cannot serve.
    init?(_ pod: Pod, of service: Service) {
        let facts = PodEndpoint(pod)
        guard facts.mayServe, let address = facts.address else { return nil }
        self.init(addresses: [address])
        conditions = EndpointConditions(
            ready: service.spec.publishNotReadyAddresses == true || (facts.isReady && !facts.isTerminating),
            serving: facts.isReady, terminating: facts.isTerminating)
        hostname = pod.hostname(in: service)
        nodeName = facts.node
        targetRef = pod.endpointReference
    }
}

extension Pod {
    /// The pod's own name under the service's, which it asks for by `subdomain`.
    func hostname(in service: Service) -> String? {
        guard let hostname = spec.hostname, !hostname.isEmpty, spec.subdomain == service.metadata.name else {
            return nil
        }
        return hostname
    }

    var endpointReference: ObjectReference {
        ObjectReference(
            kind: Pod.resource.kind, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid)
    }

    /// The port that a service's `targetPort` means in this pod: a number is itself, a name is looked up among the pod's.
    func port(for port: ServicePort) -> Int32? {
        switch port.targetPort ?? .int(port.port) {
        case .int(let number): return number == 0 ? port.port : number
        case .string(let name):
            let wanted = port.protocol ?? "TCP"
            for container in spec.containers {
                for candidate in container.ports ?? []
                where candidate.name == name && (candidate.protocol ?? "TCP") == wanted {
                    return candidate.containerPort
                }
            }
            return nil
        }
    }
}
