/// What a service keeps when a client changes it without naming what the server once chose, and what it loses when its type
/// has no use for it any more.
///
/// Source: kubernetes/kubernetes pkg/registry/core/service, patchAllocatedValues, normalizeClusterIPs and
/// dropTypeDependentFields (v1.33).
extension Service {
    public mutating func prepareForUpdate(from old: Service) {
        status = old.status
        metadata.generation = old.metadata.generation
        spec.keepAllocatedValues(from: old.spec)
        spec.agreeOnAddress(with: old.spec)
        spec.dropUseless(from: old.spec)
        // A service that is no load balancer any more must not be told to be one.
        if spec.type != "LoadBalancer" { status.loadBalancer = LoadBalancerStatus() }
    }
}

extension ServiceSpec {
    /// So that the same manifest, applied twice, keeps its address and its node ports.
    fileprivate mutating func keepAllocatedValues(from old: ServiceSpec) {
        if needsClusterIP, old.needsClusterIP {
            if clusterIP == nil { clusterIP = old.clusterIP }
            if clusterIPs == nil, clusterIP == old.clusterIP { clusterIPs = old.clusterIPs }
        }
        if needsNodePorts, old.needsNodePorts { keepNodePorts(of: old) }
    }

    /// A port without a node port gets back that of the old port with the same name, unless another has taken it over.
    private mutating func keepNodePorts(of old: ServiceSpec) {
        let kept = Set((old.ports ?? []).compactMap(\.nodePort)).intersection((ports ?? []).compactMap(\.nodePort))
        var byName: [String: Int32] = [:]
        for port in old.ports ?? [] { byName[port.name ?? ""] = port.nodePort }
        ports?.modifyEach { port in
            if port.nodePort == nil, let before = byName[port.name ?? ""], !kept.contains(before) {
                port.nodePort = before
            }
        }
    }

    /// Two fields say the same; a client that knows only one of them changes only that one.
    fileprivate mutating func agreeOnAddress(with old: ServiceSpec) {
        guard clusterIP != old.clusterIP, clusterIPs == old.clusterIPs else { return }
        clusterIPs = clusterIP.map { [$0] }
    }

    /// Values that the server chose, or that the old type had, and that the client only sent back.
    fileprivate mutating func dropUseless(from old: ServiceSpec) {
        if old.needsClusterIP, !needsClusterIP {
            if clusterIP == old.clusterIP, clusterIPs == old.clusterIPs {
                clusterIP = nil
                clusterIPs = nil
            }
            if ipFamilies == old.ipFamilies { ipFamilies = nil }
            if ipFamilyPolicy == old.ipFamilyPolicy { ipFamilyPolicy = nil }
        }
        if old.needsNodePorts, !needsNodePorts, Set(nodePorts).isSubset(of: old.nodePorts) {
            ports?.modifyEach { $0.nodePort = nil }
        }
        if old.type == "LoadBalancer", type != "LoadBalancer" {
            if allocateLoadBalancerNodePorts == old.allocateLoadBalancerNodePorts {
                allocateLoadBalancerNodePorts = nil
            }
            if loadBalancerClass == old.loadBalancerClass { loadBalancerClass = nil }
        }
        if old.isExternallyAccessible, !isExternallyAccessible, externalTrafficPolicy == old.externalTrafficPolicy {
            externalTrafficPolicy = nil
        }
    }

    private var nodePorts: [Int32] { (ports ?? []).compactMap(\.nodePort) }
}
