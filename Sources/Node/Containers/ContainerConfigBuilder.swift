import ContainerRuntime
import KubernetesAPI

/// A container's configuration for the runtime, from its spec, its image and its resolved environment. Pure, apart from
/// the mounts, which come in ready.
struct ContainerConfigBuilder: Sendable {
    var pod: Pod
    var container: Container
    var image: ResolvedImage
    var layersRoot: String
    var environment: Environment
    var mounts: [ContainerConfig.Mount]
    var configuration: NodeConfiguration

    /// - Throws: `ConfigError`.
    func build(id: String, attempt: Int) throws -> ContainerConfig {
        let security = container.securityContext
        let podSecurity = pod.spec.securityContext
        try checkNonRoot()

        var config = ContainerConfig(
            id: id, name: container.name, attempt: attempt,
            rootfs: .init(
                layersRoot: layersRoot, layers: image.layers, readOnly: security?.readOnlyRootFilesystem == true),
            command: try command())
        config.environment = fullEnvironment.list
        config.workingDirectory =
            container.workingDir.flatMap { $0.isEmpty ? nil : $0 } ?? (image.workdir.isEmpty ? "/" : image.workdir)
        config.runAsUser = (security?.runAsUser ?? podSecurity?.runAsUser).map { UInt32(truncatingIfNeeded: $0) }
        config.runAsGroup = (security?.runAsGroup ?? podSecurity?.runAsGroup).map { UInt32(truncatingIfNeeded: $0) }
        config.imageUser = image.user
        var groups = (podSecurity?.supplementalGroups ?? []).map { UInt32(truncatingIfNeeded: $0) }
        if let group = podSecurity?.fsGroup { groups.append(UInt32(truncatingIfNeeded: group)) }
        config.supplementalGroups = groups
        config.limits = PodLimits.container(container)
        config.mounts = mounts
        config.security = try options()
        config.tty = container.tty == true
        config.stdin = container.stdin == true
        config.stopSignal = try StopSignal.number(image.stopSignal)
        config.logLimit = configuration.logLimit
        config.logFiles = configuration.logFiles
        return config
    }

    /// `command` replaces the entrypoint and drops the image's arguments with it; `args` replaces those.
    /// Source: Kubernetes' documentation, "Define a Command and Arguments for a Container".
    private func command() throws -> [String] {
        let values = fullEnvironment
        func expanded(_ words: [String]?) -> [String] {
            (words ?? []).map { Expansion.expand($0) { values[$0] } }
        }
        let command = expanded(container.command)
        let args = expanded(container.args)
        let result =
            command.isEmpty
            ? image.entrypoint + (args.isEmpty ? image.cmd : args)
            : command + args
        guard !result.isEmpty else {
            throw ConfigError("no command specified: neither the pod nor the image \(container.image) names a program")
        }
        return result
    }

    private var fullEnvironment: Environment {
        var result = Environment()
        for variable in image.env {
            guard let equals = variable.firstIndex(of: "=") else { continue }
            result.set(String(variable[..<equals]), String(variable[variable.index(after: equals)...]))
        }
        result.setDefault("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        result.set("HOSTNAME", PodFiles.hostname(of: pod))
        for (name, value) in environment.pairs { result.set(name, value) }
        return result
    }

    private func checkNonRoot() throws {
        let security = container.securityContext
        guard security?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot == true else { return }
        let shown =
            "(pod: \"\(pod.metadata.name ?? "")_\(pod.metadata.namespace ?? "")(\(pod.metadata.uid ?? ""))\", "
            + "container: \(container.name))"
        if let user = security?.runAsUser ?? pod.spec.securityContext?.runAsUser {
            if user == 0 { throw ConfigError("container's runAsUser breaks non-root policy \(shown)") }
            return
        }
        let user = image.user.prefix { $0 != ":" }
        if user.isEmpty || UInt32(user) == 0 {
            throw ConfigError("container has runAsNonRoot and image will run as root \(shown)")
        }
        if UInt32(user) == nil {
            throw ConfigError(
                "container has runAsNonRoot and image has non-numeric user (\(user)), cannot verify user is non-root "
                    + shown)
        }
    }

    private func options() throws -> ContainerConfig.SecurityOptions {
        let security = container.securityContext
        var options = ContainerConfig.SecurityOptions()
        options.privileged = security?.privileged == true
        options.allowPrivilegeEscalation = security?.allowPrivilegeEscalation ?? true
        options.addCapabilities = (security?.capabilities?.add ?? []).map(Self.capability)
        options.dropCapabilities = (security?.capabilities?.drop ?? []).map(Self.capability)
        options.unmaskedProc = security?.procMount == "Unmasked"
        switch (security?.seccompProfile ?? pod.spec.securityContext?.seccompProfile)?.type {
        case "Unconfined": options.seccomp = .unconfined
        // The node's default is the profile, not Kubernetes' Unconfined: design rule 9, deny by default.
        case nil, "RuntimeDefault": options.seccomp = options.privileged ? .unconfined : .runtimeDefault
        case let type?: throw ConfigError("seccompProfile type \(type) is not supported by swiftlet")
        }
        return options
    }

    private static func capability(_ name: String) -> String {
        let upper = name.uppercased()
        return upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
    }
}
