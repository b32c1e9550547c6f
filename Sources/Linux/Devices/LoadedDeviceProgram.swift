import Glibc
import Synchronization

/// A device list that is loaded once and attached to many cgroups: the kernel verifies and compiles it only once, which
/// takes longer (0.6 ms) than everything else about a cgroup.
public final class LoadedDeviceProgram: Sendable {
    private let program: DeviceProgram
    private let loaded = Mutex<OwnedFD?>(nil)

    public init(_ program: DeviceProgram) { self.program = program }

    /// Attaches the list to a cgroup v2 directory, where it stays as long as the cgroup; once, however often it is called. The
    /// first time it is loaded.
    public func attach(to cgroup: OwnedFD) throws(SystemError) {
        let descriptor = try loaded.withLock { loaded throws(SystemError) in
            if let loaded { return loaded }
            let fresh = OwnedFD(try program.load())
            loaded = fresh
            return fresh
        }
        do {
            try DeviceProgram.attach(descriptor, to: cgroup)
        } catch {
            // The one thing that the kernel finds invalid about a program that it has loaded: it is attached there already
            // (find_attach_entry in kernel/bpf/cgroup.c), by a try before this one.
            if error.code != EINVAL { throw error }
        }
    }
}
