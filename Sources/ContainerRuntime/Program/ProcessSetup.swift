import Glibc

/// What a container's first process and every exec'd one go through alike, once they see the container's files: the same
/// user, environment and confinement, in the same order.
struct ProcessSetup {
    var config: ContainerConfig
    var confinement: Confinement

    func operations(arguments: [String], terminal: Bool, hostname: String) -> [Operation] {
        var operations: [Operation] = [
            // What Kubernetes' users have by way of their container runtimes; a host that allows less gives less.
            .limit(resource: UInt32(RLIMIT_NOFILE.rawValue), soft: 1 << 20, hard: 1 << 20),
            .session(controllingTerminal: terminal),
            // Sets HOME and the owner of the streams; keeps all capabilities permitted until they are dropped below.
            .user(
                Operation.UserRequest(
                    uid: config.runAsUser, gid: config.runAsGroup, image: config.imageUser,
                    groups: config.supplementalGroups)),
            // A change of user clears it (prctl(2)), so after that.
            .parentDeath(signal: UInt32(SIGKILL)),
            .bounding(confinement.capabilities),
        ]
        // Nothing is inheritable or ambient: a root process gets the bounding set at exec, others get nothing.
        let drop = Operation.capabilities(permitted: confinement.capabilities, inheritable: 0, ambient: 0)
        let filter = confinement.seccomp.map { [Operation.seccomp(filter: $0)] } ?? []
        if confinement.noNewPrivileges {
            operations += [drop, .noNewPrivileges] + filter
        } else {
            // Without no_new_privs a filter can be loaded only with CAP_SYS_ADMIN, so before the drop; what follows it
            // (capset, prctl, execve) every profile allows.
            operations += filter + [drop]
        }
        operations.append(.execute(arguments: arguments, environment: environment(terminal, hostname)))
        return operations
    }

    /// What a container can rely on although nobody set it.
    private func environment(_ terminal: Bool, _ hostname: String) -> [String] {
        var environment = config.environment
        func provide(_ name: String, _ value: String) {
            if !environment.contains(where: { $0.hasPrefix("\(name)=") }) { environment.append("\(name)=\(value)") }
        }
        provide("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        if !hostname.isEmpty { provide("HOSTNAME", hostname) }
        if terminal { provide("TERM", "xterm") }
        return environment
    }
}
