/// What is done right after a container's start and before its end.
public struct Lifecycle: Codable, Sendable, Equatable, Described {
    public var postStart: LifecycleHandler?
    public var preStop: LifecycleHandler?

    public init(postStart: LifecycleHandler? = nil, preStop: LifecycleHandler? = nil) {
        self.postStart = postStart
        self.preStop = preStop
    }
}

extension Lifecycle {
    public static let schema = Schema(
        "io.k8s.api.core.v1.Lifecycle",
        "What is done right after a container's start and before its end.",
        [
            .field(
                "postStart", .object(LifecycleHandler.self),
                "Done right after the start; when it fails, the container is ended."),
            .field(
                "preStop", .object(LifecycleHandler.self),
                "Done before the signal to end, inside the grace period."),
            .refused("stopSignal"),
        ])
}

/// One thing to do; exactly one member.
public struct LifecycleHandler: Codable, Sendable, Equatable, Described {
    public var exec: ExecAction?
    public var httpGet: HTTPGetAction?
    public var sleep: SleepAction?

    public init(exec: ExecAction? = nil, httpGet: HTTPGetAction? = nil, sleep: SleepAction? = nil) {
        self.exec = exec
        self.httpGet = httpGet
        self.sleep = sleep
    }
}

extension LifecycleHandler {
    public static let schema = Schema(
        "io.k8s.api.core.v1.LifecycleHandler",
        "One thing to do; exactly one member.",
        [
            .field("exec", .object(ExecAction.self), "Run a command in the container."),
            .field("httpGet", .object(HTTPGetAction.self), "Send a request to the container."),
            .field("sleep", .object(SleepAction.self), "Wait."),
            .refused("tcpSocket"),
        ])
}
