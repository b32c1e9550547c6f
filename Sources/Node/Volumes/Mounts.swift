import Glibc
import Linux

/// The mounts that volumes need; tests without root record them.
protocol Mounts: Sendable {
    /// - Parameter size: bytes; nil leaves the kernel's default of half the memory.
    func mountMemory(at path: String, size: Int64?) throws
    /// Makes the very file behind an open descriptor appear at `path`.
    func bind(_ descriptor: Int32, at path: String) throws
    func unmount(_ path: String) throws
    /// Mount points at or under a path, deepest last.
    func mounted(under path: String) throws -> [String]
}

struct KernelMounts: Mounts {
    private let kernel = SystemKernel()

    func mountMemory(at path: String, size: Int64?) throws {
        let options = "mode=0777" + (size.map { ",size=\($0)" } ?? "")
        try kernel.mount("tmpfs", on: path, type: "tmpfs", flags: UInt(MS_NOSUID | MS_NODEV), data: options)
    }

    func bind(_ descriptor: Int32, at path: String) throws {
        // The entry in /proc leads to the open file itself, whatever its name has become since it was checked.
        try kernel.mount("/proc/self/fd/\(descriptor)", on: path, type: nil, flags: UInt(MS_BIND), data: nil)
    }

    /// MNT_DETACH: a process of the pod that is still being reaped must not keep the mount, and with it the pod, here.
    func unmount(_ path: String) throws { try kernel.unmount(path, flags: Int32(MNT_DETACH)) }

    func mounted(under path: String) throws -> [String] {
        try MountTable.current(kernel).map(\.mountPoint).filter { $0 == path || $0.hasPrefix(path + "/") }
    }
}
