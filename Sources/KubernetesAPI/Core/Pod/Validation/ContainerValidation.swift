/// What a container's validation needs to know of its pod.
struct ContainerContext {
    /// The names of the pod's volumes.
    var volumes: Set<String>
    var gracePeriod: Int64?
}

extension Container {
    /// The containers that run side by side.
    static func validate(
        _ containers: [Container], _ context: ContainerContext, at path: FieldPath, _ errors: inout [FieldError]
    ) {
        if containers.isEmpty { errors.required(path) }
        var names: Set<String> = []
        var hostPorts: Set<String> = []
        for (index, container) in containers.enumerated() {
            let path = path[index]
            container.validate(context, at: path, &errors)
            if !names.insert(container.name).inserted { errors.duplicate(path.name, container.name) }
            container.lifecycle?.validate(context, at: path.lifecycle, &errors)
            container.livenessProbe?.validate(context, at: path.livenessProbe, &errors)
            container.readinessProbe?.validate(context, at: path.readinessProbe, isReadiness: true, &errors)
            container.startupProbe?.validate(context, at: path.startupProbe, &errors)
            ContainerPort.validateHostPorts(container.ports ?? [], taken: &hostPorts, at: path.ports, &errors)
        }
    }

    /// The containers that run before, one after the other: they serve nobody, so nothing probes them.
    static func validateInit(
        _ containers: [Container], besides others: [Container], _ context: ContainerContext, at path: FieldPath,
        _ errors: inout [FieldError]
    ) {
        var names = Set(others.map(\.name))
        for (index, container) in containers.enumerated() {
            let path = path[index]
            container.validate(context, at: path, &errors)
            if !names.insert(container.name).inserted { errors.duplicate(path.name, container.name) }
            var hostPorts: Set<String> = []
            ContainerPort.validateHostPorts(container.ports ?? [], taken: &hostPorts, at: path.ports, &errors)
            let why = "may not be set for init containers without restartPolicy=Always"
            if container.lifecycle != nil { errors.forbidden(path.lifecycle, why) }
            if container.livenessProbe != nil { errors.forbidden(path.livenessProbe, why) }
            if container.readinessProbe != nil { errors.forbidden(path.readinessProbe, why) }
            if container.startupProbe != nil { errors.forbidden(path.startupProbe, why) }
        }
    }

    private func validate(_ context: ContainerContext, at path: FieldPath, _ errors: inout [FieldError]) {
        errors.name(path.name, name, NameRules.label)
        if image.isEmpty { errors.required(path.image) }
        errors.choice(path.terminationMessagePolicy, terminationMessagePolicy, ["File", "FallbackToLogsOnError"])
        errors.choice(path.imagePullPolicy, imagePullPolicy, ["Always", "IfNotPresent", "Never"])
        // What would close it is the end of a client's attach, which is not served.
        if stdinOnce == true { errors.unsupported(path.stdinOnce) }
        ContainerPort.validate(ports ?? [], at: path.ports, &errors)
        EnvVar.validate(env ?? [], at: path.env, &errors)
        EnvFromSource.validate(envFrom ?? [], at: path.envFrom, &errors)
        VolumeMount.validate(volumeMounts ?? [], of: self, volumes: context.volumes, at: path.volumeMounts, &errors)
        resources.validate(at: path.resources, &errors)
        securityContext?.validate(at: path.securityContext, &errors)
    }
}
