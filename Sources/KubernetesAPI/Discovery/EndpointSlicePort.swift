/// One port that all endpoints of a slice offer.
public struct EndpointSlicePort: Codable, Sendable, Hashable, Described {
    public var name: String?
    public var `protocol`: String?
    public var port: Int32?
    public var appProtocol: String?

    public init(
        name: String? = nil, `protocol`: String? = nil, port: Int32? = nil, appProtocol: String? = nil
    ) {
        self.name = name
        self.`protocol` = `protocol`
        self.port = port
        self.appProtocol = appProtocol
    }
}

extension EndpointSlicePort {
    public static let schema = Schema(
        "io.k8s.api.discovery.v1.EndpointPort",
        "One port that all endpoints of a slice offer.",
        [
            .field("name", .string, "The name of the service's port; empty for a service with one port."),
            .field("protocol", .string, "Its protocol.", allowed: ["TCP", "UDP", "SCTP"]),
            .field("port", .int32, "The port of the endpoints."),
            .field("appProtocol", .string, "What is spoken over it."),
        ])
}
