import Linux

/// Tells whether what lies in the run directory is of this boot: after a reboot no process, namespace or mount of it
/// exists any more, whatever files say.
struct BootID {
    /// `<runDirectory>/boot-id`.
    let path: String

    init(runDirectory: String) { path = "\(runDirectory)/boot-id" }

    static func current() throws(SystemError) -> [UInt8] {
        try Files.read("/proc/sys/kernel/random/boot_id")?.filter { $0 != 0x0a } ?? []
    }

    /// Nil: nothing was recorded yet.
    func isCurrent() throws(SystemError) -> Bool? {
        guard let recorded = try Files.read(path) else { return nil }
        return try recorded == BootID.current()
    }

    func record() throws(SystemError) { try Files.replace(path, with: try BootID.current()) }
}
