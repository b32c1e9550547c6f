import CLinux

/// Gives pages that the allocator holds free back to the kernel.
///
/// A start, or a list of every object there is, needs for a moment several times what stays; glibc keeps such pages, spread
/// over one arena a thread, until somebody asks for them (malloc_trim(3), mallopt(3)).
public struct HeapTrim: Sendable {
    /// Growth that is worth a walk through the heap: some milliseconds for 100 MB.
    public static let step: Int64 = 32 << 20

    /// Resident bytes after the last trim.
    private var base: Int64 = 0

    public init() {}

    /// Whether the process has grown by so much that it is time. Pure.
    public func isDue(resident: Int64) -> Bool { resident - base >= Self.step }

    /// Trims where it is time. Blocks other threads' allocations while it walks.
    public mutating func lookAndTrim(_ kernel: some Kernel = SystemKernel()) throws(SystemError) {
        guard isDue(resident: try HostFacts.ownResidentBytes(kernel)) else { return }
        clinux_malloc_trim()
        base = try HostFacts.ownResidentBytes(kernel)
    }
}
