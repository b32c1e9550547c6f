/// Addresses that offer the same ports.
public struct EndpointSubset: Codable, Sendable, Equatable, Described {
    public var addresses: [EndpointAddress]?
    public var notReadyAddresses: [EndpointAddress]?
    public var ports: [EndpointPort]?

    public init(
        addresses: [EndpointAddress]? = nil, notReadyAddresses: [EndpointAddress]? = nil, ports: [EndpointPort]? = nil
    ) {
        self.addresses = addresses
        self.notReadyAddresses = notReadyAddresses
        self.ports = ports
    }
}

extension EndpointSubset {
    public static let schema = Schema(
        "io.k8s.api.core.v1.EndpointSubset",
        "Addresses that offer the same ports.",
        [
            .field("addresses", .array(.object(EndpointAddress.self)), "Those that are ready."),
            .field("notReadyAddresses", .array(.object(EndpointAddress.self)), "Those that are not."),
            .field("ports", .array(.object(EndpointPort.self)), "The ports that they offer."),
        ])
}

/// One address behind a service.
public struct EndpointAddress: Codable, Sendable, Equatable, Described {
    public var ip: String
    public var hostname: String?
    public var nodeName: String?
    public var targetRef: ObjectReference?

    public init(
        ip: String = "", hostname: String? = nil, nodeName: String? = nil, targetRef: ObjectReference? = nil
    ) {
        self.ip = ip
        self.hostname = hostname
        self.nodeName = nodeName
        self.targetRef = targetRef
    }
}

extension EndpointAddress {
    public static let schema = Schema(
        "io.k8s.api.core.v1.EndpointAddress",
        "One address behind a service.",
        [
            .field("ip", .string, "The address.", required: true, present: true),
            .field("hostname", .string, "The pod's own name within the service."),
            .field("nodeName", .string, "The node that it is on."),
            .field("targetRef", .object(ObjectReference.self), "The pod that it belongs to."),
        ])
}

/// One port behind a service.
public struct EndpointPort: Codable, Sendable, Hashable, Described {
    public var name: String?
    public var port: Int32
    public var `protocol`: String?
    public var appProtocol: String?

    public init(
        name: String? = nil, port: Int32 = 0, `protocol`: String? = nil, appProtocol: String? = nil
    ) {
        self.name = name
        self.port = port
        self.`protocol` = `protocol`
        self.appProtocol = appProtocol
    }
}

extension EndpointPort {
    public static let schema = Schema(
        "io.k8s.api.core.v1.EndpointPort",
        "One port behind a service.",
        [
            .field("name", .string, "The name of the service's port."),
            .field("port", .int32, "The port of the address.", required: true, present: true),
            .field("protocol", .string, "Its protocol.", allowed: ["TCP", "UDP", "SCTP"]),
            .field("appProtocol", .string, "What is spoken over it."),
        ])
}
