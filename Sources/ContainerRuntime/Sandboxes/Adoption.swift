import Glibc
import Linux
import Logging

extension ContainerRuntime {
    /// Finds every sandbox in the run directory and connects to its supervisor again. State of an earlier boot is swept,
    /// and so is what no sandbox owns: half-made ones, cgroups, writable layers.
    public func adopt() async throws -> [AdoptedSandbox] {
        let boot = BootID(runDirectory: configuration.runDirectory)
        let pods = "\(configuration.runDirectory)/pods"
        if try boot.isCurrent() == false {
            logger.info("the run directory is of an earlier boot: sweeping it")
            try TreeRemoval.remove(pods)
            try Files.makeDirectories(pods, mode: 0o700)
        }
        try boot.record()

        var adopted: [AdoptedSandbox] = []
        for podUID in try Files.names(in: pods) {
            let paths = SandboxPaths(configuration, podUID: podUID)
            do {
                if let sandbox = try await adopt(podUID, paths) { adopted.append(sandbox) }
            } catch {
                logger.error("cannot adopt pod \(podUID): \(error); removing it")
                try await cleanUp(podUID, paths, supervisor: nil)
            }
        }
        try await sweep(keeping: Set(adopted.map(\.config.podUID)))
        return adopted
    }

    /// Nil: it was never finished, and is removed.
    private func adopt(_ podUID: String, _ paths: SandboxPaths) async throws -> AdoptedSandbox? {
        let store = SandboxStore(paths: paths)
        guard let config = try store.config() else {
            try await cleanUp(podUID, paths, supervisor: nil)
            return nil
        }
        let address = try store.address()
        do {
            let welcome = try await connect(config, paths)
            let containers = welcome.containers.map(ContainerState.init)
            return AdoptedSandbox(config: config, alive: true, address: address, containers: containers)
        } catch {
            logger.warning("the supervisor of pod \(config.namespace)/\(config.name) is gone: \(error)")
            // Without the parent nobody would ever know how they end.
            try await blocking { [self] in
                try supervisorCgroup(podUID).remove()
                try podCgroup(podUID).remove()
            }
            return AdoptedSandbox(config: config, alive: false, address: address, containers: [])
        }
    }

    private func connect(_ config: SandboxConfig, _ paths: SandboxPaths) async throws -> WelcomeReply {
        let podUID = config.podUID
        let socket = try UnixSocket.connect(paths.socket, .stream)
        let client = try SupervisorClient(socket, on: thread) { [weak self] in self?.receive($0, from: podUID) }
        do {
            let hello = HelloRequest(version: SupervisorProtocol.version, wantsNetwork: false).encoded
            let first = try WelcomeReply.decode(try await client.request(RequestType.hello, hello).body)
            guard first.podUID == Array(podUID.utf8) else { throw SupervisorError.malformed }
            // A number may be another's by now; a process that still answers after its pidfd was opened owns it.
            let process = try PidFD.open(first.pid)
            insert(SandboxRecord(config: config, paths: paths, supervisor: process, client: client))
            return try WelcomeReply.decode(try await client.request(RequestType.hello, hello).body)
        } catch {
            take(podUID)?.setEnding()
            client.close()
            throw error
        }
    }

    /// Removes cgroups and writable layers without a sandbox.
    private func sweep(keeping kept: Set<String>) async throws {
        let root = configuration.cgroup.root
        let data = "\(configuration.dataDirectory)/pods"
        try await blocking { [configuration] in
            for group in ["supervisors", "pods"] {
                for name in try Self.cgroups(in: root.child(group).path) where !kept.contains(name) {
                    try root.child(group).child(name).remove()
                }
            }
            for podUID in try Files.names(in: data) where !kept.contains(podUID) {
                try TreeRemoval.remove(SandboxPaths(configuration, podUID: podUID).data)
            }
        }
    }

    private static func cgroups(in path: String) throws(SystemError) -> [String] {
        try Files.names(in: path).filter { name in
            var about = stat()
            return lstat("\(path)/\(name)", &about) == 0 && about.st_mode & S_IFMT == S_IFDIR
        }
    }
}
