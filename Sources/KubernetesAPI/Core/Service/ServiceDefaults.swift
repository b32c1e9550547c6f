/// Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go, SetDefaults_Service, and pkg/registry/core/service/storage,
/// initIPFamilyFields and normalizeClusterIPs (v1.33).
extension Service {
    public var initialStatus: ServiceStatus { ServiceStatus(loadBalancer: LoadBalancerStatus()) }

    public mutating func applyDefaults() {
        spec.applyDefaults()
        // Go prints this field even when it is empty.
        if status.loadBalancer == nil { status.loadBalancer = LoadBalancerStatus() }
    }
}

extension ServiceSpec {
    static let affinitySeconds: Int32 = 10800

    fileprivate mutating func applyDefaults() {
        type.setIfEmpty("ClusterIP")
        sessionAffinity.setIfEmpty("None")
        if sessionAffinity == "None" { sessionAffinityConfig = nil }
        if sessionAffinity == "ClientIP", sessionAffinityConfig?.clientIP?.timeoutSeconds == nil {
            sessionAffinityConfig = SessionAffinityConfig(
                clientIP: ClientIPConfig(timeoutSeconds: Self.affinitySeconds))
        }
        ports?.modifyEach { $0.applyDefaults() }
        dropEmptyValues()
        if isExternallyAccessible { externalTrafficPolicy.setIfEmpty("Cluster") }
        guard needsClusterIP else { return }
        internalTrafficPolicy.setIfEmpty("Cluster")
        if type == "LoadBalancer", allocateLoadBalancerNodePorts == nil { allocateLoadBalancerNodePorts = true }
        if let clusterIP, clusterIPs == nil { clusterIPs = [clusterIP] }
        // There is one family; which one is a fact of the cluster, so the object says it.
        if ipFamilies == nil { ipFamilies = ["IPv4"] }
        ipFamilyPolicy.setIfEmpty("SingleStack")
    }

    /// Clients send the empty value for what they leave to the server.
    private mutating func dropEmptyValues() {
        if clusterIP == "" { clusterIP = nil }
        if clusterIPs?.isEmpty == true { clusterIPs = nil }
        if ipFamilies?.isEmpty == true { ipFamilies = nil }
        if ipFamilyPolicy == "" { ipFamilyPolicy = nil }
        if externalTrafficPolicy == "" { externalTrafficPolicy = nil }
        if healthCheckNodePort == 0 { healthCheckNodePort = nil }
    }
}

extension ServicePort {
    fileprivate mutating func applyDefaults() {
        self.protocol.setIfEmpty("TCP")
        if name == "" { name = nil }
        if nodePort == 0 { nodePort = nil }
        switch targetPort {
        case nil, .int(0), .string(""): targetPort = .int(port)
        default: break
        }
    }
}
