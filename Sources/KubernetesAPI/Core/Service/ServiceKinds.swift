/// What the type of a service means. Source: kubernetes/kubernetes pkg/api/service/util.go (v1.33).
extension ServiceSpec {
    /// The `clusterIP` of a service without an address.
    public static let noAddress = "None"

    /// It has no address of its own: its name stands for the pods themselves.
    public var isHeadless: Bool { clusterIP == Self.noAddress || clusterIPs?.first == Self.noAddress }

    /// Every type but ExternalName has an address, or says that it has none.
    public var needsClusterIP: Bool { type != "ExternalName" }

    public var needsNodePorts: Bool { type == "NodePort" || type == "LoadBalancer" }

    /// Whether a port that names no node port gets one.
    public var allocatesNodePorts: Bool {
        type == "NodePort" || type == "LoadBalancer" && allocateLoadBalancerNodePorts != false
    }

    /// Whether somebody outside the cluster can reach it.
    var isExternallyAccessible: Bool {
        needsNodePorts || (type == "ClusterIP" && !(externalIPs ?? []).isEmpty)
    }
}
