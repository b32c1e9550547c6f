import Glibc
import Linux

extension ContainerRuntime {
    /// Starts the supervisor with its namespaces and cgroups. Nothing is left of it when it fails.
    ///
    /// - Parameter roomIsMade: called once the pod's directories and cgroup are there, before the slow part: from then on its
    ///   containers can be prepared (`prepareContainer`) beside this.
    public func createSandbox(
        _ config: SandboxConfig, roomIsMade: @Sendable () -> Void = {}
    ) async throws -> Sandbox {
        try claim(config.podUID)
        defer { release(config.podUID) }
        let paths = SandboxPaths(configuration, podUID: config.podUID)
        do {
            return try await create(config, paths, roomIsMade)
        } catch {
            take(config.podUID)?.client.close()
            try? await cleanUp(config.podUID, paths, supervisor: nil)  // the first error is the one to tell
            throw Self.describe(error, "pod \(config.namespace)/\(config.name)")
        }
    }

    private func create(
        _ config: SandboxConfig, _ paths: SandboxPaths, _ roomIsMade: @Sendable () -> Void
    ) async throws -> Sandbox {
        let sysctls = try SandboxSysctl.arguments(config)
        try Files.makeDirectories(paths.containers, mode: 0o700)
        // First of all: from here on the next daemon finds what may have to be cleaned up.
        try SandboxStore(paths: paths).save(config)
        let cgroup = podCgroup(config.podUID)
        try cgroup.create(delegating: true)
        try apply(config.limits, to: cgroup, killsTogether: false)
        roomIsMade()
        let own = supervisorCgroup(config.podUID)
        try own.create()

        let (ours, theirs) = try UnixSocket.pair(.stream)
        let child = try spawnSupervisor(config, paths, sysctls, connection: theirs, cgroup: try own.open())
        theirs.fd.close()
        let podUID = config.podUID
        let client = try SupervisorClient(ours, on: thread) { [weak self] in self?.receive($0, from: podUID) }
        let record = SandboxRecord(config: config, paths: paths, supervisor: child.pidfd, client: client)
        do {
            let hello = HelloRequest(version: SupervisorProtocol.version, wantsNetwork: true)
            let reply = try await client.request(RequestType.hello, hello.encoded)
            insert(record)
            let network =
                reply.descriptors.count == 2
                ? SandboxNetwork(netlink: reply.descriptors[0], namespace: reply.descriptors[1]) : nil
            guard config.hostNetwork || network != nil else { throw SupervisorError.malformed }
            return Sandbox(podUID: podUID, supervisorPID: child.pid, network: network)
        } catch {
            record.setEnding()
            client.close()
            try child.pidfd.signal(SIGKILL)
            // Ours to reap; it has just been killed.
            _ = try child.pidfd.wait()
            throw error
        }
    }

    private func spawnSupervisor(
        _ config: SandboxConfig, _ paths: SandboxPaths, _ sysctls: [String], connection: UnixSocket, cgroup: OwnedFD
    ) throws(SystemError) -> Spawn.Child {
        var arguments = ["swiftlet-supervisor", "--pod", config.podUID, "--hostname", config.hostname]
        arguments += ["--grace", "\(min(max(config.gracePeriodSeconds, 0), 999_999_999))"]
        if config.hostNetwork { arguments.append("--host-network") }
        for sysctl in sysctls { arguments += ["--sysctl", sysctl] }
        let listener = try UnixSocket.listen(paths.socket, .stream)
        let null = try OwnedFD.open("/dev/null", O_RDWR)
        let log = try OwnedFD.open(paths.log, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        return try Spawn.run(
            configuration.supervisorPath, arguments: arguments, environment: [], directory: "/", cgroup: cgroup,
            descriptors: [null.raw, log.raw, log.raw, listener.fd.raw, connection.fd.raw], newSession: true)
    }

    /// Errors as the node tells them to users.
    static func describe(_ error: any Error, _ subject: String) -> RuntimeError {
        switch error {
        case let error as RuntimeError: error
        case SupervisorError.refused(let failure):
            RuntimeError(
                reason: "CreateContainerError", message: "\(subject): \(ProgramFailure.message(failure, in: []))")
        default: RuntimeError(reason: "CreateContainerError", message: "\(subject): \(error)")
        }
    }
}
