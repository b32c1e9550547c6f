import Glibc

/// What this machine has and which run of it this is.
public enum HostFacts {
    /// Changes with every boot: runtime state of another boot is stale.
    public static func bootID(_ kernel: some Kernel = SystemKernel()) throws(SystemError) -> String {
        String(try kernel.read("/proc/sys/kernel/random/boot_id").prefix { $0 != "\n" })
    }

    /// Bytes of physical memory that the kernel manages. Swap never counts.
    public static func memoryBytes(_ kernel: some Kernel = SystemKernel()) throws(SystemError) -> Int64 {
        try field("MemTotal", kernel)
    }

    /// Bytes that programs could take without swapping.
    public static func availableMemoryBytes(_ kernel: some Kernel = SystemKernel()) throws(SystemError) -> Int64 {
        try field("MemAvailable", kernel)
    }

    /// Bytes of this process that are in memory. Source: proc_pid_statm(5).
    public static func ownResidentBytes(_ kernel: some Kernel = SystemKernel()) throws(SystemError) -> Int64 {
        let text = try kernel.read("/proc/self/statm")
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int64(fields[1]) else {
            throw SystemError("understand", "/proc/self/statm", code: EINVAL)
        }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Cores that this process may run on.
    public static func processorCount() -> Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }

    public static func kernelVersion(_ kernel: some Kernel = SystemKernel()) throws(SystemError) -> KernelVersion {
        let text = String(try kernel.read("/proc/sys/kernel/osrelease").prefix { $0 != "\n" })
        guard let version = KernelVersion(text) else {
            throw SystemError("understand the kernel version", text, code: EINVAL)
        }
        return version
    }

    private static func field(_ name: String, _ kernel: some Kernel) throws(SystemError) -> Int64 {
        guard let kilobytes = FlatKeyed.parse(try kernel.read("/proc/meminfo"))[name] else {
            throw SystemError("find \(name) in", "/proc/meminfo", code: ENOENT)
        }
        return kilobytes * 1024
    }
}

/// `6.1.0-13-amd64`: ordered by its first two numbers.
public struct KernelVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    public let major: Int
    public let minor: Int
    public let description: String

    public init?(_ text: String) {
        let numbers = text.split(separator: ".", maxSplits: 2)
        guard numbers.count >= 2, let major = Int(numbers[0]),
            let minor = Int(numbers[1].prefix { $0.isASCII && $0.isNumber })
        else { return nil }
        self.major = major
        self.minor = minor
        description = text
    }

    public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
