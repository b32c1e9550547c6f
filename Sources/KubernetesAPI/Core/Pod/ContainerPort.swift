/// A port that a container listens on.
public struct ContainerPort: Codable, Sendable, Equatable, Described {
    public var name: String?
    public var hostPort: Int32?
    public var containerPort: Int32
    public var `protocol`: String?
    public var hostIP: String?

    public init(
        name: String? = nil, hostPort: Int32? = nil, containerPort: Int32, protocol: String? = nil,
        hostIP: String? = nil
    ) {
        self.name = name
        self.hostPort = hostPort
        self.containerPort = containerPort
        self.`protocol` = `protocol`
        self.hostIP = hostIP
    }
}

extension ContainerPort {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ContainerPort",
        "A port that a container listens on.",
        [
            .field("name", .string, "A name that probes and Services may use."),
            .field("hostPort", .int32, "A port of the node that leads to this one."),
            .field("containerPort", .int32, "The port number.", required: true, present: true),
            .field("protocol", .string, "The protocol. Default: TCP.", allowed: ["TCP", "UDP", "SCTP"]),
            .field("hostIP", .string, "The node's address for hostPort."),
        ])
}
