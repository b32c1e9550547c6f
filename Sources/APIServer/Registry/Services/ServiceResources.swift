import KubernetesAPI

/// What one service has of the cluster's addresses and node ports.
struct ServiceResources: Sendable, Equatable {
    /// The service's uid: one that is made anew under the same name is another.
    var holder: String
    var address: UInt32?
    var ports: Set<Int32> = []

    init(_ service: Service) {
        holder = service.metadata.uid ?? ""
        if service.spec.needsClusterIP, !service.spec.isHeadless {
            address = service.spec.clusterIP.flatMap(ServiceAddressRange.address)
        }
        if service.spec.needsNodePorts { ports = Set((service.spec.ports ?? []).compactMap(\.nodePort)) }
    }
}
