import KubernetesAPI

/// The slices that show what a user wrote as Endpoints. Pure.
/// Source: kubernetes/kubernetes pkg/controller/endpointslicemirroring/reconciler.go (v1.33).
struct MirroringDecision: Equatable {
    static let manager = "endpointslicemirroring-controller.k8s.io"
    static let skipLabel = "endpointslice.kubernetes.io/skip-mirror"
    /// What a slice may hold, and what Kubernetes mirrors of one subset.
    static let maximum = 1000

    var create: [EndpointSlice] = []
    var update: [EndpointSlice] = []
    var delete: [EndpointSlice] = []

    /// - Parameters:
    ///   - service: nil where there is none: Endpoints alone are not mirrored.
    ///   - slices: those that were made for these Endpoints.
    init(_ endpoints: Endpoints, of service: Service?, slices: [EndpointSlice]) {
        let isMirrored =
            service.map { ($0.spec.selector ?? [:]).isEmpty } == true
            && endpoints.metadata.labels?[Self.skipLabel] != "true"
        let wanted = isMirrored ? Self.slices(of: endpoints) : []
        for slice in wanted {
            guard var known = slices.first(where: { $0.objectName == slice.objectName }) else {
                create.append(slice)
                continue
            }
            let before = known
            known.metadata.labels = slice.metadata.labels
            known.endpoints = slice.endpoints
            known.ports = slice.ports
            if known != before { update.append(known) }
        }
        delete = slices.filter { slice in !wanted.contains { $0.objectName == slice.objectName } }
    }

    /// One for each subset. Unlike Kubernetes' their names are not made up at random: a step that is taken twice finds what
    /// the first one made.
    private static func slices(of endpoints: Endpoints) -> [EndpointSlice] {
        (endpoints.subsets ?? []).enumerated().map { index, subset in
            var slice = EndpointSlice(
                metadata: ObjectMeta(
                    name: "\(endpoints.metadata.name ?? "")-mirror-\(index)", namespace: endpoints.metadata.namespace))
            var labels = endpoints.metadata.labels ?? [:]
            labels[EndpointSlice.serviceNameLabel] = endpoints.metadata.name
            labels[EndpointSlice.managedByLabel] = manager
            slice.metadata.labels = labels
            slice.metadata.ownerReferences = [OwnerReference(controller: endpoints)]
            let ready = (subset.addresses ?? []).map { Endpoint($0, ready: true) }
            let others = (subset.notReadyAddresses ?? []).map { Endpoint($0, ready: false) }
            // Slices are for IPv4 here.
            slice.endpoints = Array((ready + others).filter { !$0.addresses[0].contains(":") }.prefix(maximum))
            let ports = (subset.ports ?? []).map {
                EndpointSlicePort(
                    name: $0.name ?? "", protocol: $0.protocol ?? "TCP", port: $0.port, appProtocol: $0.appProtocol)
            }
            slice.ports = ports.isEmpty ? nil : ports
            return slice
        }
    }
}

extension Endpoint {
    fileprivate init(_ address: EndpointAddress, ready: Bool) {
        self.init(
            addresses: [address.ip], conditions: EndpointConditions(ready: ready), hostname: address.hostname,
            nodeName: address.nodeName, targetRef: address.targetRef)
    }
}
