import Glibc

/// The operations of a process that joins a running container.
struct ExecProgram {
    var container: ContainerConfig
    var hostname: String
    var confinement: Confinement
    var exec: ExecConfig

    func compile() throws(RuntimeError) -> [Operation] {
        guard let first = exec.command.first, !first.isEmpty else {
            throw RuntimeError(reason: "ExecError", message: "exec needs a command")
        }
        if exec.command.contains(where: { $0.utf8.contains(0) }) {
            throw RuntimeError(reason: "ExecError", message: "a NUL byte in the command")
        }
        var operations: [Operation] = [
            // While the host's /proc is there.
            .oomScore(Int32(container.oomScoreAdjust)),
            // The PID namespace was joined by birth; network, UTS and IPC are the supervisor's own.
            .join(flags: NamespaceFlags.mount | NamespaceFlags.cgroup),
        ]
        if exec.tty { operations.append(.terminal(rows: exec.size?.rows ?? 0, columns: exec.size?.columns ?? 0)) }
        operations.append(
            .workingDirectory(path: container.workingDirectory.isEmpty ? "/" : container.workingDirectory))
        return operations
            + ProcessSetup(config: container, confinement: confinement).operations(
                arguments: exec.command, terminal: exec.tty, hostname: hostname)
    }
}
