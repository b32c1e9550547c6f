/// Which pods a service stands for, and how it is reached.
public struct ServiceSpec: Codable, Sendable, Equatable, Described {
    public var ports: [ServicePort]?
    public var selector: [String: String]?
    public var type: String?
    public var clusterIP: String?
    public var clusterIPs: [String]?
    public var ipFamilies: [String]?
    public var ipFamilyPolicy: String?
    public var externalIPs: [String]?
    public var externalName: String?
    public var sessionAffinity: String?
    public var sessionAffinityConfig: SessionAffinityConfig?
    public var internalTrafficPolicy: String?
    public var externalTrafficPolicy: String?
    public var publishNotReadyAddresses: Bool?
    public var healthCheckNodePort: Int32?
    public var loadBalancerIP: String?
    public var loadBalancerSourceRanges: [String]?
    public var loadBalancerClass: String?
    public var allocateLoadBalancerNodePorts: Bool?
    public var trafficDistribution: String?

    public init(
        ports: [ServicePort]? = nil, selector: [String: String]? = nil, type: String? = nil, clusterIP: String? = nil,
        clusterIPs: [String]? = nil, ipFamilies: [String]? = nil, ipFamilyPolicy: String? = nil,
        externalIPs: [String]? = nil, externalName: String? = nil, sessionAffinity: String? = nil,
        sessionAffinityConfig: SessionAffinityConfig? = nil, internalTrafficPolicy: String? = nil,
        externalTrafficPolicy: String? = nil, publishNotReadyAddresses: Bool? = nil, healthCheckNodePort: Int32? = nil,
        loadBalancerIP: String? = nil, loadBalancerSourceRanges: [String]? = nil, loadBalancerClass: String? = nil,
        allocateLoadBalancerNodePorts: Bool? = nil, trafficDistribution: String? = nil
    ) {
        self.ports = ports
        self.selector = selector
        self.type = type
        self.clusterIP = clusterIP
        self.clusterIPs = clusterIPs
        self.ipFamilies = ipFamilies
        self.ipFamilyPolicy = ipFamilyPolicy
        self.externalIPs = externalIPs
        self.externalName = externalName
        self.sessionAffinity = sessionAffinity
        self.sessionAffinityConfig = sessionAffinityConfig
        self.internalTrafficPolicy = internalTrafficPolicy
        self.externalTrafficPolicy = externalTrafficPolicy
        self.publishNotReadyAddresses = publishNotReadyAddresses
        self.healthCheckNodePort = healthCheckNodePort
        self.loadBalancerIP = loadBalancerIP
        self.loadBalancerSourceRanges = loadBalancerSourceRanges
        self.loadBalancerClass = loadBalancerClass
        self.allocateLoadBalancerNodePorts = allocateLoadBalancerNodePorts
        self.trafficDistribution = trafficDistribution
    }
}

extension ServiceSpec {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ServiceSpec",
        "Which pods a service stands for, and how it is reached.",
        [
            .field("ports", .array(.object(ServicePort.self)), "The ports that it offers.", mergeKey: "port"),
            .field(
                "selector", .map(.string),
                "Which pods stand behind it; none for a service whose endpoints somebody else writes."),
            .field(
                "type", .string, "How it is reached.",
                allowed: ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]),
            .field("clusterIP", .string, "Its address; None for a headless service."),
            .field("clusterIPs", .array(.string), "Its addresses; the first is clusterIP."),
            .field("ipFamilies", .array(.string), "Only IPv4 is supported."),
            .field("ipFamilyPolicy", .string, "Only SingleStack, or PreferDualStack with one family."),
            .field("externalIPs", .array(.string), "Further addresses of nodes at which it is reached."),
            .field("externalName", .string, "The name that an ExternalName service stands for."),
            .field("sessionAffinity", .string, "Whether a client keeps its pod.", allowed: ["None", "ClientIP"]),
            .field(
                "sessionAffinityConfig", .object(SessionAffinityConfig.self), "For how long a client keeps its pod."),
            .field(
                "internalTrafficPolicy", .string, "Whether pods reach it on all nodes or on their own alone.",
                allowed: ["Cluster", "Local"]),
            .field(
                "externalTrafficPolicy", .string, "Whether outsiders reach it on all nodes or on the asked one alone.",
                allowed: ["Cluster", "Local"]),
            .field("publishNotReadyAddresses", .boolean, "Whether pods that are not ready count as ready."),
            .field("healthCheckNodePort", .int32, "Where a load balancer asks whether the node has local endpoints."),
            .field(
                "loadBalancerIP", .string,
                "The wished address of a load balancer; the addresses here are the nodes' own."),
            .field("loadBalancerSourceRanges", .array(.string), "Whom a load balancer lets in."),
            .field("loadBalancerClass", .string, "Who makes the load balancer."),
            .field("allocateLoadBalancerNodePorts", .boolean, "Whether a load balancer has node ports."),
            .field("trafficDistribution", .string, "A preference for near endpoints."),
        ])
}
