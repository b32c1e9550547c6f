public import Linux

/// Where the runtime works. Nothing of it is a machine-wide constant: several instances run side by side.
public struct RuntimeConfiguration: Sendable {
    /// Of the instance; sandboxes live in `<runDirectory>/pods/<uid>/`. It should not survive a reboot (/run).
    public var runDirectory: String
    /// Writable layers live in `<dataDirectory>/pods/<uid>/containers/<id>/`.
    public var dataDirectory: String
    /// The delegated part of the cgroup v2 hierarchy.
    public var cgroup: CgroupTree
    /// The swiftlet-supervisor program.
    public var supervisorPath: String

    public init(runDirectory: String, dataDirectory: String, cgroup: CgroupTree, supervisorPath: String) {
        self.runDirectory = runDirectory
        self.dataDirectory = dataDirectory
        self.cgroup = cgroup
        self.supervisorPath = supervisorPath
    }
}
