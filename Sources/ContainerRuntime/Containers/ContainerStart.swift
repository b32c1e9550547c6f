import Glibc
import Linux

extension ContainerRuntime {
    /// Starts a container in its sandbox. Returns once its program is executed; nothing but its log is left of it when it
    /// could not be. One that ends at once may be among the events before this returns.
    public func startContainer(_ podUID: String, _ config: ContainerConfig) async throws -> ContainerState {
        let sandbox = try sandbox(podUID)
        guard SandboxPaths.isSafe(config.id), SandboxPaths.isSafe(config.name) else {
            throw RuntimeError(reason: "CreateContainerError", message: "\"\(config.id)\" is not a container's name")
        }
        let cgroup = podCgroup(podUID).child(config.id)
        do {
            return try await start(config, in: sandbox, cgroup)
        } catch {
            if case SupervisorError.refused(let failure) = error, failure.error == EEXIST, failure.stage == 0 {
                throw RuntimeError(
                    reason: "CreateContainerError", message: "container \(config.id) exists in pod \(podUID) already")
            }
            // The first error is the one to tell; what cannot be removed now goes with the sandbox.
            try? await remove(config.id, of: sandbox, cgroup)
            throw error is RuntimeError ? error : Self.describe(error, "container \(config.name)")
        }
    }

    private func start(
        _ config: ContainerConfig, in sandbox: SandboxRecord, _ cgroup: Cgroup
    ) async throws -> ContainerState {
        let layer = sandbox.paths.layer(config.id)
        let program = ContainerProgram(
            config: config, hostname: sandbox.config.hostname, upper: "\(layer)/upper", work: "\(layer)/work",
            target: "\(layer)/root", confinement: try confinement.resolve(config.security),
            hostDevices: config.security.privileged ? HostDevices.list() : [])
        let operations = try program.compile()

        for directory in [program.upper, program.work, program.target] {
            try Files.makeDirectories(directory, mode: 0o755)
        }
        // The container sees this directory's mode as that of /, whatever this process's umask made of it.
        if chmod(program.upper, 0o755) != 0 { throw SystemError("set the mode of", program.upper, code: errno) }
        try SandboxStore(paths: sandbox.paths).save(config)
        sandbox.remember(config)
        try cgroup.create()
        try apply(config.limits, to: cgroup, killsTogether: true)
        let directory = try cgroup.open()
        if !config.security.privileged {
            try DeviceProgram(allowing: DeviceRule.containerDefault).attach(to: directory)
        }
        let logs = "\(sandbox.config.logDirectory)/\(config.name)"
        try Files.makeDirectories(logs, mode: 0o755)
        let logDirectory = try OwnedFD.open(logs, O_RDONLY | O_DIRECTORY)

        let request = StartRequest(
            id: Array(config.id.utf8), name: Array(config.name.utf8), attempt: UInt32(clamping: config.attempt),
            tty: config.tty, stdin: config.stdin, stopSignal: config.stopSignal, logLimit: config.logLimit,
            logFiles: UInt32(clamping: config.logFiles), program: Operation.encode(operations))
        do {
            let reply = try await sandbox.client.request(
                RequestType.start, request.encoded, descriptors: [directory.raw, logDirectory.raw],
                within: SupervisorClient.patiently)
            return ContainerState(try ContainerRecord.decode(reply.body))
        } catch SupervisorError.refused(let failure) where failure.stage == FailureReply.Stage.program {
            throw RuntimeError(
                reason: "RunContainerError", message: ProgramFailure.message(failure, in: operations))
        }
    }

    /// Forgets an exited container: its record, cgroup and writable layer. Its logs stay. One that is not there counts
    /// as forgotten.
    public func removeContainer(_ podUID: String, container id: String) async throws {
        let sandbox = try sandbox(podUID)
        let name = Array(id.utf8)
        do {
            _ = try await sandbox.client.request(RequestType.forget, ContainerRequest(id: name, signal: 0).encoded)
            try await remove(id, of: sandbox, podCgroup(podUID).child(id))
        } catch SupervisorError.refused(let failure) where failure.error == EBUSY {
            throw RuntimeError(reason: "ContainerRunning", message: "container \(id) runs: it cannot be removed")
        } catch {
            throw Self.describe(error, "container \(id)")
        }
    }

    private func remove(_ id: String, of sandbox: SandboxRecord, _ cgroup: Cgroup) async throws {
        sandbox.forget(id)
        let paths = sandbox.paths
        try await blocking {
            try cgroup.remove()
            try TreeRemoval.remove(paths.layer(id))
            if unlink(paths.container(id)) != 0 && errno != ENOENT {
                throw SystemError("remove", paths.container(id), code: errno)
            }
        }
    }
}
