import Glibc
import Linux

extension ContainerRuntime {
    /// Starts a further process in a running container, confined as the container itself.
    public func exec(_ podUID: String, container id: String, _ exec: ExecConfig) async throws -> RuntimeExec {
        let sandbox = try sandbox(podUID)
        guard SandboxPaths.isSafe(id), let config = try sandbox.container(id) else {
            throw RuntimeError(reason: "ContainerNotFound", message: "pod \(podUID) has no container \(id)")
        }
        let operations = try ExecProgram(
            container: config, hostname: sandbox.config.hostname,
            confinement: try confinement.resolve(config.security), exec: exec
        ).compile()
        let request = ExecRequest(
            container: Array(id.utf8), tty: exec.tty, stdin: exec.stdin, program: Operation.encode(operations))
        do {
            let reply = try await sandbox.client.request(
                RequestType.exec, request.encoded, within: SupervisorClient.patiently)
            return try RuntimeExec(
                try ExecMessage.decode(reply.body), tty: exec.tty, stdin: exec.stdin, descriptors: reply.descriptors,
                client: sandbox.client)
        } catch SupervisorError.refused(let failure) where failure.stage == FailureReply.Stage.program {
            throw RuntimeError(reason: "ExecError", message: ProgramFailure.message(failure, in: operations))
        } catch SupervisorError.refused(let failure) where failure.error == ESRCH {
            throw RuntimeError(reason: "ContainerNotRunning", message: "container \(config.name) does not run")
        } catch {
            throw Self.describe(error, "container \(config.name)")
        }
    }
}
