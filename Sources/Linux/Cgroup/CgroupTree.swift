import Glibc

/// The part of the cgroup v2 hierarchy that belongs to one instance: pods' cgroups are made below `root`.
public struct CgroupTree: Sendable {
    /// The instance's own cgroup; it holds no process itself.
    public let root: Cgroup
    /// What limits below can be set with.
    public var controllers: Set<CgroupController> { root.controllers }
    /// Controllers that pods need and that could not be had, with what the user reads about it.
    public let missing: [MissingController]

    public struct MissingController: Sendable, Equatable {
        public var controller: CgroupController
        public var reason: String
    }

    /// Finds the hierarchy and makes the instance's tree in it; called again it finds the same tree.
    ///
    /// - delegated: the directory of a cgroup that a service manager handed over (systemd's Delegate=yes) and that holds no
    ///   process itself. Nil: `swiftlet-<instance>` directly under the mount.
    public static func open(
        instance: String, delegated: String? = nil, kernel: any Kernel = SystemKernel()
    ) throws(SystemError) -> CgroupTree {
        let mount = try mountPoint(in: MountTable.parse(try kernel.read("/proc/self/mountinfo")))
        let path = delegated ?? "\(mount)/swiftlet-\(instance)"
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        var missing: [MissingController] = []

        if delegated == nil {
            // From the top down: a controller reaches a cgroup only when every ancestor enables it for its children.
            let top = Cgroup(path: parent, controllers: [], kernel: kernel)
            try enable(in: top, &missing)
            try Cgroup(path: path, controllers: [], kernel: kernel).create()
        }
        let own = Cgroup(path: path, controllers: [], kernel: kernel)
        try enable(in: own, &missing)
        let enabled = CgroupController.parse(try kernel.read("\(path)/cgroup.subtree_control"))
        let reasons = Dictionary(missing.map { ($0.controller, $0) }) { first, _ in first }
        return CgroupTree(
            root: Cgroup(path: path, controllers: enabled, kernel: kernel),
            missing: CgroupController.allCases.filter { !enabled.contains($0) }.map {
                reasons[$0] ?? MissingController(controller: $0, reason: "not enabled in \(path)")
            })
    }

    /// Removes the instance's cgroup and everything in it. A delegated one is emptied but stays: it is the manager's.
    public func remove(delegated: Bool, milliseconds: Int32 = 10_000) throws(SystemError) {
        guard delegated else { return try root.remove(milliseconds: milliseconds) }
        for name in try root.kernel.directories(in: root.path) {
            try root.child(name).remove(milliseconds: milliseconds)
        }
    }

    /// Where cgroup v2 is mounted. Hosts with the hybrid layout mount it at /sys/fs/cgroup/unified.
    public static func mountPoint(in mounts: [MountEntry]) throws(SystemError) -> String {
        // The last mount on a path is the one that is seen; a mount of a subtree only (root /x) shows another cgroup's files.
        let found = mounts.last { $0.type == "cgroup2" && $0.root == "/" } ?? mounts.last { $0.type == "cgroup2" }
        if let found { return found.mountPoint }
        throw SystemError(
            "find the cgroup v2 mount in", "/proc/self/mountinfo", code: ENOENT,
            detail:
                "swiftlet needs cgroup v2: mount -t cgroup2 none /sys/fs/cgroup, or boot with systemd's unified hierarchy"
        )
    }

    /// One controller a write: one that fails (in use by cgroup v1, EBUSY; not delegated) must not hold back the others.
    private static func enable(in cgroup: Cgroup, _ missing: inout [MissingController]) throws(SystemError) {
        let offered = CgroupController.parse(try cgroup.kernel.read("\(cgroup.path)/cgroup.controllers"))
        for controller in CgroupController.allCases {
            guard offered.contains(controller) else {
                let reason = "\(cgroup.path)/cgroup.controllers does not offer it (is it mounted as cgroup v1?)"
                missing.append(MissingController(controller: controller, reason: reason))
                continue
            }
            do {
                try cgroup.enable([controller])
            } catch {
                missing.append(MissingController(controller: controller, reason: error.description))
            }
        }
    }
}
