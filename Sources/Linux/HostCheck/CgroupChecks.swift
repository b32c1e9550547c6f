extension HostCheck {
    /// One finding for the hierarchy and one for each controller.
    static func cgroups(_ kernel: any Kernel, delegated: String?) -> [HostFinding] {
        let directory: String
        do {
            let mounts = MountTable.parse(try kernel.read("/proc/self/mountinfo"))
            directory = try delegated ?? CgroupTree.mountPoint(in: mounts)
        } catch {
            return [
                HostFinding(
                    "cgroup v2", .error, "\(error)",
                    remedy: "boot with systemd.unified_cgroup_hierarchy=1, or mount -t cgroup2 none /sys/fs/cgroup")
            ]
        }
        let offered: Set<CgroupController>
        do {
            offered = CgroupController.parse(try kernel.read("\(directory)/cgroup.controllers"))
        } catch {
            return [HostFinding("cgroup v2", .error, "\(error)", remedy: "give swiftlet a cgroup v2 that it can read")]
        }
        return [HostFinding("cgroup v2", .ok, "at \(directory)")]
            + CgroupController.allCases.map { controller in
                guard !offered.contains(controller) else {
                    return HostFinding("cgroup controller \(controller.rawValue)", .ok, "pods' limits hold")
                }
                return HostFinding(
                    "cgroup controller \(controller.rawValue)", .warning,
                    "\(directory) does not offer it: \(loss(of: controller))",
                    remedy:
                        "boot with cgroup v2 alone (systemd.unified_cgroup_hierarchy=1), so that no controller is v1's")
            }
    }

    private static func loss(of controller: CgroupController) -> String {
        switch controller {
        case .cpu: "CPU limits and shares are not enforced"
        case .memory: "memory limits are not enforced, and a pod that eats all memory is not told from others"
        case .pids: "a fork bomb in a pod can use up the node's processes"
        }
    }
}
