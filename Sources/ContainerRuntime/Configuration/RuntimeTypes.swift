/// What the runtime knows of a container, also after the daemon was away.
public struct ContainerState: Codable, Sendable, Equatable {
    public var id: String
    public var name: String
    public var attempt: Int
    public var phase: Phase
    /// Microseconds since the epoch.
    public var startedAt: Int64

    public enum Phase: Codable, Sendable, Equatable {
        case running(pid: Int32)
        case exited(Exit)
    }

    public struct Exit: Codable, Sendable, Equatable {
        /// The exit code; 128 + signal when a signal ended it.
        public var code: Int32
        /// 0 when no signal ended it.
        public var signal: Int32
        public var oomKilled: Bool
        /// Microseconds since the epoch.
        public var finishedAt: Int64
        public init(code: Int32, signal: Int32, oomKilled: Bool, finishedAt: Int64) {
            self.code = code
            self.signal = signal
            self.oomKilled = oomKilled
            self.finishedAt = finishedAt
        }
    }

    public init(id: String, name: String, attempt: Int, phase: Phase, startedAt: Int64) {
        self.id = id
        self.name = name
        self.attempt = attempt
        self.phase = phase
        self.startedAt = startedAt
    }
}

/// A sandbox that was found alive (or dead) when the daemon started.
public struct AdoptedSandbox: Sendable {
    public var config: SandboxConfig
    /// False: the supervisor is gone; its processes have been killed, and only `remove` makes sense.
    public var alive: Bool
    /// The pod's address as recorded by `recordAddress`, if it had one.
    public var address: String?
    public var containers: [ContainerState]
    public init(config: SandboxConfig, alive: Bool, address: String?, containers: [ContainerState]) {
        self.config = config
        self.alive = alive
        self.address = address
        self.containers = containers
    }
}

/// What happens to sandboxes without anyone having asked.
public enum RuntimeEvent: Sendable {
    case containerExited(podUID: String, ContainerState)
    /// The supervisor died; everything in the pod's cgroup has been killed.
    case sandboxDied(podUID: String)
}

/// Why the runtime could not do it. `reason` is Kubernetes' word for a waiting container (`RunContainerError`,
/// `CreateContainerError`), `message` what the user reads: what happened, to which path, what to do.
public struct RuntimeError: Error, Sendable, CustomStringConvertible {
    public var reason: String
    public var message: String
    public init(reason: String, message: String) {
        self.reason = reason
        self.message = message
    }
    public var description: String { message }
}
