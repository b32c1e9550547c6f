/// A repeated check of a container.
public struct Probe: Codable, Sendable, Equatable, Described {
    public var exec: ExecAction?
    public var httpGet: HTTPGetAction?
    public var tcpSocket: TCPSocketAction?
    public var initialDelaySeconds: Int32?
    public var timeoutSeconds: Int32?
    public var periodSeconds: Int32?
    public var successThreshold: Int32?
    public var failureThreshold: Int32?
    public var terminationGracePeriodSeconds: Int64?

    public init(
        exec: ExecAction? = nil, httpGet: HTTPGetAction? = nil, tcpSocket: TCPSocketAction? = nil,
        initialDelaySeconds: Int32? = nil, timeoutSeconds: Int32? = nil, periodSeconds: Int32? = nil,
        successThreshold: Int32? = nil, failureThreshold: Int32? = nil
    ) {
        self.exec = exec
        self.httpGet = httpGet
        self.tcpSocket = tcpSocket
        self.initialDelaySeconds = initialDelaySeconds
        self.timeoutSeconds = timeoutSeconds
        self.periodSeconds = periodSeconds
        self.successThreshold = successThreshold
        self.failureThreshold = failureThreshold
    }
}

extension Probe {
    public static let schema = Schema(
        "io.k8s.api.core.v1.Probe",
        "A repeated check of a container.",
        [
            .field("exec", .object(ExecAction.self), "Passes when the command ends with 0."),
            .field("httpGet", .object(HTTPGetAction.self), "Passes when the answer's code is from 200 to 399."),
            .field("tcpSocket", .object(TCPSocketAction.self), "Passes when the port accepts a connection."),
            .field("initialDelaySeconds", .int32, "Seconds after the container's start before the first check."),
            .field("timeoutSeconds", .int32, "Seconds that one check may take. Default: 1."),
            .field("periodSeconds", .int32, "Seconds between checks. Default: 10."),
            .field("successThreshold", .int32, "Passes in a row that make it good again. Default: 1."),
            .field("failureThreshold", .int32, "Failures in a row that make it bad. Default: 3."),
            .field(
                "terminationGracePeriodSeconds", .int64,
                "The grace when this probe ends the container, instead of the pod's."),
            .refused("grpc"),
        ])
}
