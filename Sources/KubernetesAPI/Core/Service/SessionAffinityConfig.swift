/// For how long a client keeps its pod.
public struct SessionAffinityConfig: Codable, Sendable, Equatable, Described {
    public var clientIP: ClientIPConfig?

    public init(
        clientIP: ClientIPConfig? = nil
    ) {
        self.clientIP = clientIP
    }
}

extension SessionAffinityConfig {
    public static let schema = Schema(
        "io.k8s.api.core.v1.SessionAffinityConfig",
        "For how long a client keeps its pod.",
        [
            .field("clientIP", .object(ClientIPConfig.self), "By the client's address.")
        ])
}

/// For how long a client's address keeps its pod.
public struct ClientIPConfig: Codable, Sendable, Equatable, Described {
    public var timeoutSeconds: Int32?

    public init(
        timeoutSeconds: Int32? = nil
    ) {
        self.timeoutSeconds = timeoutSeconds
    }
}

extension ClientIPConfig {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ClientIPConfig",
        "For how long a client's address keeps its pod.",
        [
            .field("timeoutSeconds", .int32, "Seconds since its last connection; 10800 if not given.")
        ])
}
