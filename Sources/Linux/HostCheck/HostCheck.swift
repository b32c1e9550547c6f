/// Looks at what this host offers. It changes nothing: what has to be tried out is tried in a network namespace that goes
/// with the trial.
public enum HostCheck {
    /// Every finding, in the order in which a reader wants them. Call it off the paths that wait: it takes some 100 ms.
    ///
    /// - podRange: the range whose traffic other firewalls must let pass.
    /// - delegated: the cgroup that a service manager handed over, as in `CgroupTree.open`.
    public static func run(podRange: IPv4Range, delegated: String? = nil) -> [HostFinding] {
        let kernel = SystemKernel()
        return [privileges(available: Capabilities.bounding()), version(kernel), architecture()]
            + cgroups(kernel, delegated: delegated)
            + [namespaces(), overlay(), seccomp(), deviceLists()]
            + network(kernel)
            + forwarding(for: podRange)
    }

    /// The worst of them: an error means that pods cannot run.
    public static func worst(_ findings: [HostFinding]) -> HostFinding.Level { findings.map(\.level).max() ?? .ok }

    static func privileges(available: Capabilities) -> HostFinding {
        let needed = [
            "SYS_ADMIN", "NET_ADMIN", "SYS_CHROOT", "SETUID", "SETGID", "SETPCAP", "KILL", "CHOWN", "DAC_OVERRIDE",
        ]
        let missing = needed.filter { name in Capabilities(name: name).map { !available.contains($0) } ?? true }
        guard missing.isEmpty else {
            return HostFinding(
                "privileges", .error, "swiftlet lacks \(missing.map { "CAP_" + $0 }.joined(separator: ", "))",
                remedy: "run it as root, outside a container that takes capabilities away")
        }
        let lessened = Capabilities.containerDefault.subtracting(available)
        if !lessened.isEmpty {
            return HostFinding(
                "privileges", .warning, "containers get their default capabilities without \(lessened)",
                remedy: "run swiftlet where these are in the bounding set")
        }
        if let resource = Capabilities(name: "SYS_RESOURCE"), !available.contains(resource) {
            return HostFinding(
                "privileges", .warning,
                "without CAP_SYS_RESOURCE hard resource limits cannot be raised, nor oom_score_adj lowered",
                remedy: "run swiftlet where CAP_SYS_RESOURCE is in the bounding set, if pods need that")
        }
        return HostFinding("privileges", .ok, "all capabilities that pods need")
    }

    static func version(_ kernel: some Kernel) -> HostFinding {
        do {
            let version = try HostFacts.kernelVersion(kernel)
            guard let floor = KernelVersion("6.1"), version >= floor else {
                return HostFinding(
                    "kernel", .error, "Linux \(version) is older than 6.1", remedy: "boot Linux 6.1 or newer")
            }
            return HostFinding("kernel", .ok, "Linux \(version)")
        } catch {
            return HostFinding("kernel", .error, "\(error)", remedy: "mount /proc")
        }
    }

    static func architecture() -> HostFinding {
        #if arch(x86_64)
            return HostFinding("architecture", .ok, "x86_64")
        #else
            return HostFinding(
                "architecture", .warning, "the default seccomp profile exists for x86_64 only",
                remedy: "give containers seccompProfile Unconfined, or use an x86_64 machine")
        #endif
    }
}
