import Glibc
import Linux

extension ContainerRuntime {
    /// Starts a container in its sandbox. Returns once its program is executed; nothing but its log is left of it when it
    /// could not be. One that ends at once may be among the events before this returns.
    public func startContainer(_ podUID: String, _ config: ContainerConfig) async throws -> ContainerState {
        let sandbox = try sandbox(podUID)
        // Before anything is removed by that name.
        try Self.checkNames(config)
        let cgroup = podCgroup(podUID).child(config.id)
        do {
            return try await start(config, in: sandbox)
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

    private func start(_ config: ContainerConfig, in sandbox: SandboxRecord) async throws -> ContainerState {
        // What was prepared for another configuration is of no use: the pod's volumes may have changed meanwhile.
        let early = takePrepared(sandbox.config.podUID, config.id)
        let prepared =
            if let early, early.config == config { early } else {
                try prepare(config, in: sandbox.config, sandbox.paths)
            }
        sandbox.remember(config)
        do {
            let reply = try await sandbox.client.request(
                RequestType.start, prepared.request.encoded, descriptors: [prepared.cgroup.raw, prepared.logs.raw],
                within: SupervisorClient.patiently)
            return ContainerState(try ContainerRecord.decode(reply.body))
        } catch SupervisorError.refused(let failure) where failure.stage == FailureReply.Stage.program {
            throw RuntimeError(
                reason: "RunContainerError", message: ProgramFailure.message(failure, in: prepared.operations))
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
