/// What a container is doing; at most one member is set, none means waiting.
public struct ContainerState: Codable, Sendable, Equatable, Described {
    public var waiting: ContainerStateWaiting?
    public var running: ContainerStateRunning?
    public var terminated: ContainerStateTerminated?

    public init(
        waiting: ContainerStateWaiting? = nil, running: ContainerStateRunning? = nil,
        terminated: ContainerStateTerminated? = nil
    ) {
        self.waiting = waiting
        self.running = running
        self.terminated = terminated
    }
}

extension ContainerState {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ContainerState",
        "What a container is doing; at most one member is set, none means waiting.",
        [
            .field("waiting", .object(ContainerStateWaiting.self), "It waits to start."),
            .field("running", .object(ContainerStateRunning.self), "It runs."),
            .field("terminated", .object(ContainerStateTerminated.self), "It has ended."),
        ])
}

/// A container that has not started yet.
public struct ContainerStateWaiting: Codable, Sendable, Equatable, Described {
    public var reason: String?
    public var message: String?

    public init(reason: String? = nil, message: String? = nil) {
        self.reason = reason
        self.message = message
    }
}

extension ContainerStateWaiting {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ContainerStateWaiting",
        "A container that has not started yet.",
        [
            .field("reason", .string, "Why, in one word."),
            .field("message", .string, "Why, for people."),
        ])
}

/// A container that runs.
public struct ContainerStateRunning: Codable, Sendable, Equatable, Described {
    public var startedAt: Time?

    public init(startedAt: Time? = nil) {
        self.startedAt = startedAt
    }
}

extension ContainerStateRunning {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ContainerStateRunning",
        "A container that runs.",
        [
            .field("startedAt", .time, "When it was started.")
        ])
}

/// A container that has ended.
public struct ContainerStateTerminated: Codable, Sendable, Equatable, Described {
    public var exitCode: Int32
    public var signal: Int32?
    public var reason: String?
    public var message: String?
    public var startedAt: Time?
    public var finishedAt: Time?
    public var containerID: String?

    public init(
        exitCode: Int32, signal: Int32? = nil, reason: String? = nil, message: String? = nil, startedAt: Time? = nil,
        finishedAt: Time? = nil, containerID: String? = nil
    ) {
        self.exitCode = exitCode
        self.signal = signal
        self.reason = reason
        self.message = message
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.containerID = containerID
    }
}

extension ContainerStateTerminated {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ContainerStateTerminated",
        "A container that has ended.",
        [
            .field(
                "exitCode", .int32,
                "Its exit code; 128 + signal when a signal ended it.", required: true, present: true),
            .field("signal", .int32, "The signal that ended it."),
            .field("reason", .string, "Why, in one word."),
            .field("message", .string, "Why, for people."),
            .field("startedAt", .time, "When it was started."),
            .field("finishedAt", .time, "When it ended."),
            .field("containerID", .string, "Its identity on its node."),
        ])
}
