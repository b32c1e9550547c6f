/// One port of a service.
public struct ServicePort: Codable, Sendable, Equatable, Described {
    public var name: String?
    public var `protocol`: String?
    public var appProtocol: String?
    public var port: Int32
    public var targetPort: IntOrString?
    public var nodePort: Int32?

    public init(
        name: String? = nil, `protocol`: String? = nil, appProtocol: String? = nil, port: Int32 = 0,
        targetPort: IntOrString? = nil, nodePort: Int32? = nil
    ) {
        self.name = name
        self.`protocol` = `protocol`
        self.appProtocol = appProtocol
        self.port = port
        self.targetPort = targetPort
        self.nodePort = nodePort
    }
}

extension ServicePort {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ServicePort",
        "One port of a service.",
        [
            .field("name", .string, "Its name; required where there are several."),
            .field("protocol", .string, "Its protocol.", allowed: ["TCP", "UDP", "SCTP"]),
            .field("appProtocol", .string, "What is spoken over it."),
            .field("port", .int32, "The port of the service.", required: true, present: true),
            .field("targetPort", .intOrString, "The port of the pods, by number or name; the same if not given."),
            .field("nodePort", .int32, "The port of every node."),
        ])
}
