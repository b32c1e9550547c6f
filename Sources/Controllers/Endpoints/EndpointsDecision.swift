import KubernetesAPI

/// A service's Endpoints object: the older form of its slices, which older clients still read. Pure.
/// Source: kubernetes/kubernetes pkg/controller/endpoint/endpoints_controller.go.
struct EndpointsDecision: Equatable {
    /// What the object should be; nil when it is right.
    var write: Endpoints?

    /// More than these are left out, and the object says so.
    static let maximum = 1000
    static let overCapacity = "endpoints.kubernetes.io/over-capacity"
    static let managedBy = "endpoints.kubernetes.io/managed-by"
    static let manager = "endpoint-controller"

    init(_ service: Service, pods: [Pod], current: Endpoints?) {
        var wanted =
            current
            ?? Endpoints(
                metadata: ObjectMeta(name: service.metadata.name, namespace: service.metadata.namespace))
        let candidates = pods.compactMap { Candidate($0, of: service) }
        let kept = Self.limited(candidates)
        wanted.subsets = Self.subsets(kept)
        var labels = service.metadata.labels ?? [:]
        labels[Self.managedBy] = Self.manager
        labels["service.kubernetes.io/headless"] = service.isHeadless ? "" : nil
        wanted.metadata.labels = labels
        var annotations = wanted.metadata.annotations ?? [:]
        annotations[Self.overCapacity] = kept.count < candidates.count ? "truncated" : nil
        wanted.metadata.annotations = annotations.isEmpty ? nil : annotations
        write = wanted == current ? nil : wanted
    }

    private struct Candidate {
        var address: EndpointAddress
        var isReady: Bool
        var ports: [EndpointPort]

        /// This older form knows no ending pods: they are left out.
        init?(_ pod: Pod, of service: Service) {
            let facts = PodEndpoint(pod)
            let publishes = service.spec.publishNotReadyAddresses == true
            guard facts.mayServe, let ip = facts.address, publishes || !facts.isTerminating else { return nil }
            address = EndpointAddress(
                ip: ip, hostname: pod.hostname(in: service), nodeName: facts.node, targetRef: pod.endpointReference)
            isReady = facts.isReady || publishes
            ports = (service.spec.ports ?? []).compactMap { port in
                pod.port(for: port).map {
                    EndpointPort(
                        name: port.name, port: $0, protocol: port.protocol ?? "TCP", appProtocol: port.appProtocol)
                }
            }
            // A pod that offers none of the service's ports is none of its endpoints; a headless service needs none.
            if ports.isEmpty, !(service.spec.ports ?? []).isEmpty { return nil }
        }
    }

    /// The ready ones before the others.
    private static func limited(_ all: [Candidate]) -> [Candidate] {
        guard all.count > maximum else { return all }
        return Array((all.filter(\.isReady) + all.filter { !$0.isReady }).prefix(maximum))
    }

    /// Addresses with the same ports stand together.
    private static func subsets(_ candidates: [Candidate]) -> [EndpointSubset]? {
        var byPorts: [String: [Candidate]] = [:]
        for candidate in candidates {
            let key = candidate.ports.map { "\($0.name ?? "")/\($0.port)/\($0.protocol ?? "")" }.joined(separator: ",")
            byPorts[key, default: []].append(candidate)
        }
        let subsets = byPorts.sorted { $0.key < $1.key }.map { _, members in
            func addresses(ready: Bool) -> [EndpointAddress]? {
                let some = members.filter { $0.isReady == ready }.map(\.address).sorted { $0.ip < $1.ip }
                return some.isEmpty ? nil : some
            }
            let ports = members[0].ports
            return EndpointSubset(
                addresses: addresses(ready: true), notReadyAddresses: addresses(ready: false),
                ports: ports.isEmpty ? nil : ports)
        }
        return subsets.isEmpty ? nil : subsets
    }
}
