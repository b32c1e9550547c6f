/// How a service is reached from outside.
public struct ServiceStatus: Codable, Sendable, Equatable, Described {
    public var loadBalancer: LoadBalancerStatus?

    public init(
        loadBalancer: LoadBalancerStatus? = nil
    ) {
        self.loadBalancer = loadBalancer
    }
}

extension ServiceStatus {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ServiceStatus",
        "How a service is reached from outside.",
        [
            .field("loadBalancer", .object(LoadBalancerStatus.self), "Where the load balancer listens."),
            .dropped("conditions", "Not observed by swiftlet."),
        ])
}

/// Where a load balancer listens.
public struct LoadBalancerStatus: Codable, Sendable, Equatable, Described {
    public var ingress: [LoadBalancerIngress]?

    public init(
        ingress: [LoadBalancerIngress]? = nil
    ) {
        self.ingress = ingress
    }
}

extension LoadBalancerStatus {
    public static let schema = Schema(
        "io.k8s.api.core.v1.LoadBalancerStatus",
        "Where a load balancer listens.",
        [
            .field("ingress", .array(.object(LoadBalancerIngress.self)), "Its addresses.")
        ])
}

/// One address of a load balancer.
public struct LoadBalancerIngress: Codable, Sendable, Equatable, Described {
    public var ip: String?
    public var hostname: String?
    public var ipMode: String?
    public var ports: [PortStatus]?

    public init(
        ip: String? = nil, hostname: String? = nil, ipMode: String? = nil, ports: [PortStatus]? = nil
    ) {
        self.ip = ip
        self.hostname = hostname
        self.ipMode = ipMode
        self.ports = ports
    }
}

extension LoadBalancerIngress {
    public static let schema = Schema(
        "io.k8s.api.core.v1.LoadBalancerIngress",
        "One address of a load balancer.",
        [
            .field("ip", .string, "The address."),
            .field("hostname", .string, "The name, where there is no address."),
            .field("ipMode", .string, "VIP or Proxy."),
            .field("ports", .array(.object(PortStatus.self)), "What became of each port."),
        ])
}

/// What became of one port of a load balancer.
public struct PortStatus: Codable, Sendable, Equatable, Described {
    public var port: Int32
    public var `protocol`: String
    public var error: String?

    public init(
        port: Int32 = 0, `protocol`: String = "", error: String? = nil
    ) {
        self.port = port
        self.`protocol` = `protocol`
        self.error = error
    }
}

extension PortStatus {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PortStatus",
        "What became of one port of a load balancer.",
        [
            .field("port", .int32, "The port.", required: true, present: true),
            .field("protocol", .string, "Its protocol.", required: true, present: true),
            .field("error", .string, "What is wrong with it."),
        ])
}
