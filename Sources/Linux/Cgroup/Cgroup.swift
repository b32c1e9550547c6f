import Glibc

/// One cgroup of version 2: a directory, and the controllers that work in it.
public struct Cgroup: Sendable {
    /// The directory in the file system.
    public let path: String
    /// What its own limits can be set with: the controllers that its parent enabled for its children.
    public let controllers: Set<CgroupController>
    let kernel: any Kernel

    public init(path: String, controllers: Set<CgroupController>, kernel: any Kernel = SystemKernel()) {
        self.path = path
        self.controllers = controllers
        self.kernel = kernel
    }

    /// A cgroup below this one, whether it exists or not. `name` may have several components.
    public func child(_ name: String) -> Cgroup {
        Cgroup(path: "\(path)/\(name)", controllers: controllers, kernel: kernel)
    }

    /// Makes the directory; one that exists is taken as it is.
    /// - delegating: also enables the controllers for its own children. Such a cgroup must hold no process itself
    ///   (cgroups(7), no internal processes).
    public func create(delegating: Bool = false) throws(SystemError) {
        try kernel.ensureDirectory(path, mode: 0o755)
        if delegating { try enable(controllers) }
    }

    /// Enables controllers for the children of this cgroup.
    func enable(_ wanted: Set<CgroupController>) throws(SystemError) {
        let file = "\(path)/cgroup.subtree_control"
        let missing = wanted.subtracting(CgroupController.parse(try kernel.read(file)))
        guard !missing.isEmpty else { return }
        try kernel.write(missing.map { "+\($0.rawValue)" }.sorted().joined(separator: " "), to: file)
    }

    /// For CLONE_INTO_CGROUP and for attaching BPF programs.
    public func open() throws(SystemError) -> OwnedFD { try OwnedFD.open(path, O_RDONLY | O_DIRECTORY) }

    /// Sets the limits and says which of them do not hold here, because the host lacks the controller or the file.
    /// A value that the kernel refuses is an error.
    public func apply(_ limits: CgroupLimits) throws(SystemError) -> [UnenforcedLimit] {
        var unenforced: [UnenforcedLimit] = []
        for setting in limits.settings {
            guard controllers.contains(setting.controller) else {
                let reason = "this host's cgroup v2 has no \(setting.controller.rawValue) controller"
                unenforced.append(UnenforcedLimit(file: setting.file, value: setting.value, reason: reason))
                continue
            }
            do {
                try kernel.write(setting.value, to: "\(path)/\(setting.file)")
            } catch let error where error.code == ENOENT {
                let reason = "the kernel has no \(setting.file)"
                unenforced.append(UnenforcedLimit(file: setting.file, value: setting.value, reason: reason))
            }
        }
        return unenforced
    }

    /// SIGKILL to everything in it and below it, also to what is being forked at the moment.
    public func kill() throws(SystemError) { try kernel.write("1", to: "\(path)/cgroup.kill") }

    /// Stops or resumes everything in it and below it. Asynchronous: `events.frozen` tells when it has come about.
    public func freeze(_ frozen: Bool) throws(SystemError) {
        try kernel.write(frozen ? "1" : "0", to: "\(path)/cgroup.freeze")
    }

    /// The processes in it, those of its children not among them.
    public func processes() throws(SystemError) -> [Int32] {
        try kernel.read("\(path)/cgroup.procs").split(separator: "\n").compactMap { Int32($0) }
    }

    public func events() throws(SystemError) -> CgroupEvents {
        CgroupEvents(text: try kernel.read("\(path)/cgroup.events"))
    }
}
