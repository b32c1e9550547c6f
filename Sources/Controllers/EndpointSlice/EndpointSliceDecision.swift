import KubernetesAPI

/// What is to be written so that a service's slices show the pods that it selects. Pure.
///
/// A slice that is right is left alone, and a pod stays in the slice that it is in: one pod's change is one write.
/// Source: KEP-752; k8s.io/endpointslice reconciler.go.
struct EndpointSliceDecision: Equatable {
    var create: [EndpointSlice] = []
    var update: [EndpointSlice] = []
    var delete: [EndpointSlice] = []

    /// Kubernetes' default of --max-endpoints-per-slice.
    static let maximum = 100
    static let manager = "endpointslice-controller.k8s.io"

    /// - Parameter slices: those that this controller made for the service.
    init(_ service: Service, pods: [Pod], slices: [EndpointSlice]) {
        var wanted = Self.endpoints(of: service, pods)
        // A service that nobody stands behind says so with a slice without endpoints.
        if wanted.isEmpty { wanted[PortList(ports: [])] = [] }
        var left = Dictionary(grouping: slices.sorted { $0.objectName < $1.objectName }) {
            PortList(ports: $0.ports ?? [])
        }
        for (ports, endpoints) in wanted.sorted(by: { $0.key < $1.key }) {
            place(endpoints, ports, service, in: left.removeValue(forKey: ports) ?? [])
        }
        delete += left.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// By the ports that a pod offers: a named target port may be another number in another pod.
    private static func endpoints(of service: Service, _ pods: [Pod]) -> [PortList: [Endpoint]] {
        var result: [PortList: [Endpoint]] = [:]
        for pod in pods {
            guard let endpoint = Endpoint(pod, of: service) else { continue }
            let ports = (service.spec.ports ?? []).compactMap { port in
                pod.port(for: port).map {
                    EndpointSlicePort(
                        name: port.name ?? "", protocol: port.protocol ?? "TCP", port: $0, appProtocol: port.appProtocol
                    )
                }
            }
            result[PortList(ports: ports), default: []].append(endpoint)
        }
        return result
    }

    private mutating func place(
        _ endpoints: [Endpoint], _ ports: PortList, _ service: Service, in slices: [EndpointSlice]
    ) {
        var waiting: [String: Endpoint] = [:]
        var order: [String] = []
        for endpoint in endpoints {
            if waiting.updateValue(endpoint, forKey: endpoint.key) == nil { order.append(endpoint.key) }
        }
        // First every endpoint stays where it is...
        var next = slices.map { slice in
            var slice = slice
            slice.metadata.labels = Self.labels(of: service)
            slice.endpoints = slice.endpoints.compactMap { waiting.removeValue(forKey: $0.key) }
            return slice
        }
        // ... then the new ones fill up what has room, the fullest first, and what is left gets slices of its own.
        var new = order.filter { waiting[$0] != nil }[...]
        for i in next.indices.sorted(by: { next[$0].endpoints.count > next[$1].endpoints.count }) {
            let room = max(0, Self.maximum - next[i].endpoints.count)
            next[i].endpoints += new.prefix(room).compactMap { waiting[$0] }
            new = new.dropFirst(room)
        }
        Self.mergeSmall(&next)
        while !new.isEmpty || (next.isEmpty && create.isEmpty && endpoints.isEmpty) {
            create.append(
                Self.slice(of: service, ports, new.prefix(Self.maximum).compactMap { waiting[$0] }))
            new = new.dropFirst(Self.maximum)
        }
        // The last one stays, empty, if the service has no endpoints at all.
        var kept = 0
        for (old, slice) in zip(slices, next) {
            if slice.endpoints.isEmpty, !endpoints.isEmpty || kept > 0 {
                delete.append(old)
            } else {
                kept += 1
                if slice != old { update.append(slice) }
            }
        }
    }

    /// What failures left behind as two small slices becomes one. Not up to the brim: the next pod would part them again.
    private static func mergeSmall(_ slices: inout [EndpointSlice]) {
        while true {
            let smallest = slices.indices.filter { !slices[$0].endpoints.isEmpty }
                .sorted { slices[$0].endpoints.count < slices[$1].endpoints.count }.prefix(2)
            guard smallest.count == 2 else { return }
            let (from, to) = (smallest[0], smallest[1])
            guard slices[from].endpoints.count + slices[to].endpoints.count <= maximum / 2 else { return }
            slices[to].endpoints += slices[from].endpoints
            slices[from].endpoints = []
        }
    }

    private static func labels(of service: Service) -> [String: String] {
        var labels = service.metadata.labels ?? [:]
        labels[EndpointSlice.serviceNameLabel] = service.metadata.name
        labels[EndpointSlice.managedByLabel] = manager
        labels["service.kubernetes.io/headless"] = service.isHeadless ? "" : nil
        return labels
    }

    private static func slice(of service: Service, _ ports: PortList, _ endpoints: [Endpoint]) -> EndpointSlice {
        var metadata = ObjectMeta(namespace: service.metadata.namespace)
        metadata.generateName = (service.metadata.name ?? "") + "-"
        metadata.labels = labels(of: service)
        metadata.ownerReferences = [OwnerReference(controller: service)]
        return EndpointSlice(
            metadata: metadata, endpoints: endpoints, ports: ports.ports.isEmpty ? nil : ports.ports)
    }
}

/// Ports in an order of their own, as a key.
private struct PortList: Hashable, Comparable {
    let ports: [EndpointSlicePort]
    private let text: String

    init(ports: [EndpointSlicePort]) {
        self.ports = ports
        text = ports.map { "\($0.name ?? "")/\($0.protocol ?? "TCP")/\($0.port ?? 0)/\($0.appProtocol ?? "")" }.sorted()
            .joined(separator: ",")
    }

    static func == (a: Self, b: Self) -> Bool { a.text == b.text }
    static func < (a: Self, b: Self) -> Bool { a.text < b.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension Endpoint {
    /// Who it is: an address alone may pass from one pod to the next.
    fileprivate var key: String { "\(targetRef?.uid ?? "")/\(addresses.first ?? "")" }
}
