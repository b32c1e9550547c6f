/// What a pod sandbox is made of: the namespaces and cgroup that its containers share.
public struct SandboxConfig: Codable, Sendable, Equatable {
    /// The pod's uid: the sandbox's directory, cgroup and socket carry it.
    public var podUID: String
    public var namespace: String
    public var name: String
    public var hostname: String
    /// The node's network namespace instead of one of its own.
    public var hostNetwork: Bool
    public var limits: ResourceLimits
    /// The directory of the pod's logs: `/var/log/pods/<namespace>_<name>_<uid>`.
    public var logDirectory: String
    /// Seconds between a stop signal and SIGKILL when the node, not the daemon, ends the pod (shutdown).
    public var gracePeriodSeconds: Int64
    /// `sysctl` names with values, written inside the pod's network namespace.
    public var sysctls: [String: String]

    public init(
        podUID: String, namespace: String, name: String, hostname: String, hostNetwork: Bool = false,
        limits: ResourceLimits = ResourceLimits(), logDirectory: String, gracePeriodSeconds: Int64 = 30,
        sysctls: [String: String] = [:]
    ) {
        self.podUID = podUID
        self.namespace = namespace
        self.name = name
        self.hostname = hostname
        self.hostNetwork = hostNetwork
        self.limits = limits
        self.logDirectory = logDirectory
        self.gracePeriodSeconds = gracePeriodSeconds
        self.sysctls = sysctls
    }
}

/// What a cgroup allows. Nil means no limit of its own.
public struct ResourceLimits: Codable, Sendable, Equatable {
    /// Thousandths of a core, for cpu.max.
    public var cpuLimitMilli: Int64?
    /// Thousandths of a core, for cpu.weight.
    public var cpuRequestMilli: Int64?
    /// Bytes, for memory.max.
    public var memoryLimit: Int64?
    public var pids: Int64?

    public init(
        cpuLimitMilli: Int64? = nil, cpuRequestMilli: Int64? = nil, memoryLimit: Int64? = nil, pids: Int64? = nil
    ) {
        self.cpuLimitMilli = cpuLimitMilli
        self.cpuRequestMilli = cpuRequestMilli
        self.memoryLimit = memoryLimit
        self.pids = pids
    }
}
