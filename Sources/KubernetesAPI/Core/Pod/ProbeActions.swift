/// A command to run in the container, without a shell.
public struct ExecAction: Codable, Sendable, Equatable, Described {
    public var command: [String]?

    public init(command: [String]? = nil) {
        self.command = command
    }
}

extension ExecAction {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ExecAction",
        "A command to run in the container, without a shell.",
        [
            .field("command", .array(.string), "The program and its arguments.")
        ])
}

/// An HTTP request to the container.
public struct HTTPGetAction: Codable, Sendable, Equatable, Described {
    public var path: String?
    public var port: IntOrString
    public var host: String?
    public var scheme: String?
    public var httpHeaders: [HTTPHeader]?

    public init(
        path: String? = nil, port: IntOrString, host: String? = nil, scheme: String? = nil,
        httpHeaders: [HTTPHeader]? = nil
    ) {
        self.path = path
        self.port = port
        self.host = host
        self.scheme = scheme
        self.httpHeaders = httpHeaders
    }
}

extension HTTPGetAction {
    public static let schema = Schema(
        "io.k8s.api.core.v1.HTTPGetAction",
        "An HTTP request to the container.",
        [
            .field("path", .string, "The path. Default: /."),
            .field("port", .intOrString, "The port's number or name.", required: true, present: true),
            .field("host", .string, "The address. Default: the pod's."),
            .field("scheme", .string, "Default: HTTP.", allowed: ["HTTP", "HTTPS"]),
            .field("httpHeaders", .array(.object(HTTPHeader.self)), "Further headers."),
        ])
}

/// A header of a request.
public struct HTTPHeader: Codable, Sendable, Equatable, Described {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension HTTPHeader {
    public static let schema = Schema(
        "io.k8s.api.core.v1.HTTPHeader",
        "A header of a request.",
        [
            .field("name", .string, "Its name.", required: true, present: true),
            .field("value", .string, "Its value.", required: true, present: true),
        ])
}

/// A connection to the container.
public struct TCPSocketAction: Codable, Sendable, Equatable, Described {
    public var port: IntOrString
    public var host: String?

    public init(port: IntOrString, host: String? = nil) {
        self.port = port
        self.host = host
    }
}

extension TCPSocketAction {
    public static let schema = Schema(
        "io.k8s.api.core.v1.TCPSocketAction",
        "A connection to the container.",
        [
            .field("port", .intOrString, "The port's number or name.", required: true, present: true),
            .field("host", .string, "The address. Default: the pod's."),
        ])
}

/// A pause.
public struct SleepAction: Codable, Sendable, Equatable, Described {
    public var seconds: Int64

    public init(seconds: Int64) {
        self.seconds = seconds
    }
}

extension SleepAction {
    public static let schema = Schema(
        "io.k8s.api.core.v1.SleepAction",
        "A pause.",
        [
            .field("seconds", .int64, "How long.", required: true, present: true)
        ])
}
