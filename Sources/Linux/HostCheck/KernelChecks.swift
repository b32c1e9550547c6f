import CLinux
import Glibc

extension HostCheck {
    /// Makes each kind of namespace on a thread that ends at once.
    static func namespaces() -> HostFinding {
        let kinds: [(name: String, flag: Int32)] = [
            ("mount", 0x0002_0000), ("cgroup", 0x0200_0000), ("UTS", 0x0400_0000), ("IPC", 0x0800_0000),
            ("PID", 0x2000_0000), ("network", 0x4000_0000),
        ]
        let failures = kinds.compactMap { kind -> String? in
            do {
                try OwnThread.run { () throws(SystemError) in
                    try checked(clinux_unshare(kind.flag), "unshare", "\(kind.name) namespace")
                    return ()
                }
                return nil
            } catch {
                return "\(error)"
            }
        }
        guard failures.isEmpty else {
            return HostFinding(
                "namespaces", .error, failures.joined(separator: "; "),
                remedy: "run as root; see that /proc/sys/user/max_*_namespaces are not 0")
        }
        return HostFinding("namespaces", .ok, kinds.map(\.name).joined(separator: ", "))
    }

    static func overlay() -> HostFinding {
        let context = clinux_fsopen("overlay", 0)
        if context < 0 {
            return HostFinding(
                "overlayfs", .error, "\(SystemError("open file system", "overlay", code: -context))",
                remedy: "modprobe overlay")
        }
        _ = clinux_close(context)
        return HostFinding("overlayfs", .ok, "containers share their image's layers")
    }

    static func seccomp() -> HostFinding {
        do {
            let program = try SeccompProfile.compile(for: .containerDefault)
            // PR_GET_SECCOMP: EINVAL without seccomp in the kernel.
            if clinux_prctl(21, 0, 0, 0, 0) == -EINVAL {
                return HostFinding(
                    "seccomp", .error, "the kernel has no seccomp", remedy: "boot a kernel with CONFIG_SECCOMP_FILTER")
            }
            return HostFinding("seccomp", .ok, "default profile of \(program.count / 8) instructions")
        } catch {
            return HostFinding("seccomp", .warning, "\(error)", remedy: "give containers seccompProfile Unconfined")
        }
    }

    static func deviceLists() -> HostFinding {
        do {
            try DeviceProgram(allowing: DeviceRule.containerDefault).probe()
            return HostFinding("device lists", .ok, "containers open the devices of their list only")
        } catch {
            return HostFinding(
                "device lists", .error, "\(error)", remedy: "boot a kernel with CONFIG_CGROUP_BPF; run as root")
        }
    }
}
