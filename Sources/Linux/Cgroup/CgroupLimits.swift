/// What a cgroup allows. Nil: the kernel's default stays.
public struct CgroupLimits: Sendable, Equatable {
    /// Thousandths of a core that it may use.
    public var cpuLimitMilli: Int64?
    /// Thousandths of a core that it gets when others want them too.
    public var cpuRequestMilli: Int64?
    /// Bytes.
    public var memoryLimit: Int64?
    /// Tasks (processes and threads).
    public var pids: Int64?
    /// When memory runs out everything in the cgroup is killed, not one process of it.
    public var killsTogether: Bool

    public init(
        cpuLimitMilli: Int64? = nil, cpuRequestMilli: Int64? = nil, memoryLimit: Int64? = nil, pids: Int64? = nil,
        killsTogether: Bool = true
    ) {
        self.cpuLimitMilli = cpuLimitMilli
        self.cpuRequestMilli = cpuRequestMilli
        self.memoryLimit = memoryLimit
        self.pids = pids
        self.killsTogether = killsTogether
    }

    /// The writes that set it, in order.
    var settings: [CgroupSetting] {
        var settings: [CgroupSetting] = []
        if let milli = cpuLimitMilli {
            settings.append(CgroupSetting(.cpu, "cpu.max", CgroupLimits.cpuMax(milli: milli)))
        }
        if let milli = cpuRequestMilli {
            settings.append(CgroupSetting(.cpu, "cpu.weight", "\(CgroupLimits.cpuWeight(milli: milli))"))
        }
        if let bytes = memoryLimit {
            // Swap is closed before the limit is set: lowering memory.max could push pages out to it.
            settings.append(CgroupSetting(.memory, "memory.swap.max", "0"))
            settings.append(CgroupSetting(.memory, "memory.max", "\(bytes)"))
            if killsTogether { settings.append(CgroupSetting(.memory, "memory.oom.group", "1")) }
        }
        if let pids { settings.append(CgroupSetting(.pids, "pids.max", "\(pids)")) }
        return settings
    }

    /// `quota period` in microseconds. The kernel takes no quota under a millisecond; Kubernetes raises it to that too.
    static func cpuMax(milli: Int64) -> String {
        let (quota, overflow) = milli.multipliedReportingOverflow(by: 100)
        return overflow ? "max 100000" : "\(max(quota, 1000)) 100000"
    }

    /// Kubernetes' way from thousandths to cgroup v1's shares (2 to 262144) and from there to v2's weight (1 to 10000):
    /// KEP-2254.
    static func cpuWeight(milli: Int64) -> Int64 {
        let shares = min(max(min(milli, 256_000) * 1024 / 1000, 2), 262_144)
        return 1 + (shares - 2) * 9999 / 262_142
    }
}

/// A value for one file of a cgroup.
struct CgroupSetting: Sendable, Equatable {
    var controller: CgroupController
    var file: String
    var value: String

    init(_ controller: CgroupController, _ file: String, _ value: String) {
        self.controller = controller
        self.file = file
        self.value = value
    }
}

/// A limit that was asked for and does not hold on this host.
public struct UnenforcedLimit: Sendable, Equatable, CustomStringConvertible {
    /// `memory.max`.
    public var file: String
    public var value: String
    public var reason: String

    public init(file: String, value: String, reason: String) {
        self.file = file
        self.value = value
        self.reason = reason
    }

    public var description: String { "\(file) = \(value) is not enforced: \(reason)" }
}
