import Glibc
import Linux

extension ContainerRuntime {
    /// Does for a container what needs no sandbox that runs, so that it can be done while the sandbox comes up: 3 of the 13
    /// milliseconds of a pod's start. `startContainer` with an equal configuration then goes on from here.
    ///
    /// What it makes goes with the sandbox when the container is never started.
    public func prepareContainer(_ sandbox: SandboxConfig, _ config: ContainerConfig) throws {
        try Self.checkNames(config)
        let paths = SandboxPaths(configuration, podUID: sandbox.podUID)
        keep(try prepare(config, in: sandbox, paths), of: sandbox.podUID)
    }

    static func checkNames(_ config: ContainerConfig) throws(RuntimeError) {
        guard SandboxPaths.isSafe(config.id), SandboxPaths.isSafe(config.name) else {
            throw RuntimeError(reason: "CreateContainerError", message: "\"\(config.id)\" is not a container's name")
        }
    }

    func prepare(
        _ config: ContainerConfig, in sandbox: SandboxConfig, _ paths: SandboxPaths
    ) throws -> PreparedContainer {
        let layer = paths.layer(config.id)
        let program = ContainerProgram(
            config: config, hostname: sandbox.hostname, upper: "\(layer)/upper", work: "\(layer)/work",
            target: "\(layer)/root", confinement: try confinement.resolve(config.security),
            hostDevices: config.security.privileged ? HostDevices.list() : [])
        let operations = try program.compile()

        for directory in [program.upper, program.work, program.target] {
            try Files.makeDirectories(directory, mode: 0o755)
        }
        // The container sees this directory's mode as that of /, whatever this process's umask made of it.
        if chmod(program.upper, 0o755) != 0 { throw SystemError("set the mode of", program.upper, code: errno) }
        try SandboxStore(paths: paths).save(config)
        let cgroup = podCgroup(sandbox.podUID).child(config.id)
        try cgroup.create()
        try apply(config.limits, to: cgroup, killsTogether: true)
        let directory = try cgroup.open()
        if !config.security.privileged { try devices.attach(to: directory) }
        let logs = "\(sandbox.logDirectory)/\(config.name)"
        try Files.makeDirectories(logs, mode: 0o755)
        return PreparedContainer(
            config: config, operations: operations, cgroup: directory,
            logs: try OwnedFD.open(logs, O_RDONLY | O_DIRECTORY))
    }
}
