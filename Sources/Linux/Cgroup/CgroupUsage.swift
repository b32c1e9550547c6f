/// What a cgroup has used; nil where the host has no controller to count it.
public struct CgroupUsage: Sendable, Equatable {
    /// Bytes in use now (memory.current).
    public var memoryBytes: Int64?
    /// Microseconds of CPU since it was made (cpu.stat usage_usec). The kernel counts these without the controller too.
    public var cpuMicroseconds: Int64?
    /// Periods in which cpu.max held it back.
    public var throttledPeriods: Int64?
    /// Processes that were killed because memory ran out (memory.events oom_kill).
    public var oomKills: Int64?
}

extension Cgroup {
    public func usage() throws(SystemError) -> CgroupUsage {
        let cpu = try optional("cpu.stat").map(FlatKeyed.parse)
        let memory = try optional("memory.current")
        return CgroupUsage(
            memoryBytes: memory.flatMap { Int64($0.prefix { $0 != "\n" }) },
            cpuMicroseconds: cpu?["usage_usec"], throttledPeriods: cpu?["nr_throttled"],
            oomKills: try optional("memory.events").flatMap { FlatKeyed.parse($0)["oom_kill"] })
    }

    /// How often memory ran out in it or below it; 0 where nothing counts.
    public func oomKills() throws(SystemError) -> Int64 {
        try optional("memory.events").flatMap { FlatKeyed.parse($0)["oom_kill"] } ?? 0
    }

    private func optional(_ file: String) throws(SystemError) -> String? {
        try kernel.readIfPresent("\(path)/\(file)")
    }
}
