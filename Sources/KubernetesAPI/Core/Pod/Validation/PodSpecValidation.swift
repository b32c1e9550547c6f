extension PodSpec {
    /// - Parameter isPod: whether this is a pod's own, not a template's, which may leave a little more to the defaults.
    func validate(at path: FieldPath, isPod: Bool, _ errors: inout [FieldError]) {
        let volumes = Volume.validate(volumes ?? [], at: path.volumes, &errors)
        let context = ContainerContext(volumes: volumes, gracePeriod: terminationGracePeriodSeconds)
        Container.validate(containers, context, at: path.containers, &errors)
        Container.validateInit(initContainers ?? [], besides: containers, context, at: path.initContainers, &errors)

        errors.choice(path.restartPolicy, restartPolicy, ["Always", "OnFailure", "Never"])
        errors.nonNegative(path.terminationGracePeriodSeconds, terminationGracePeriodSeconds)
        if let seconds = activeDeadlineSeconds, !(1...Int64(Int32.max)).contains(seconds) {
            errors.invalid(path.activeDeadlineSeconds, seconds, ValueRules.range(1, Int(Int32.max)))
        }
        LabelRules.validate(nodeSelector, at: path.nodeSelector, &errors)
        affinity?.validate(at: path.affinity, &errors)
        TopologySpreadConstraint.validate(
            topologySpreadConstraints ?? [], at: path.topologySpreadConstraints, &errors)
        Toleration.validate(tolerations ?? [], at: path.tolerations, &errors)
        errors.name(path.serviceAccountName, serviceAccountName, NameRules.subdomain, required: false)
        errors.name(path.nodeName, nodeName, NameRules.subdomain, required: false)
        errors.name(path.hostname, hostname, NameRules.label, required: false)
        errors.name(path.subdomain, subdomain, NameRules.label, required: false)
        errors.name(path.priorityClassName, priorityClassName, NameRules.subdomain, required: false)
        errors.choice(path.preemptionPolicy, preemptionPolicy, ["PreemptLowerPriority", "Never"])
        for (list, containers) in [(path.containers, containers), (path.initContainers, initContainers ?? [])]
        where isPod {
            for (index, container) in containers.enumerated() where container.image.hasOuterSpace {
                errors.invalid(list[index].image, container.image, "must not have leading or trailing whitespace")
            }
        }
        securityContext?.validate(at: path.securityContext, hostNetwork: hostNetwork == true, &errors)
        validateNames(at: path, &errors)
        validateHostPorts(at: path, isPod: isPod, &errors)
        validateSupport(at: path, &errors)
    }

    /// The name resolution inside the pod.
    private func validateNames(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.choice(path.dnsPolicy, dnsPolicy, ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"])
        if dnsPolicy == "None" {
            if dnsConfig == nil {
                errors.required(path.dnsConfig, "must provide `dnsConfig` when `dnsPolicy` is None")
            } else if dnsConfig?.nameservers?.isEmpty ?? true {
                errors.required(
                    path.dnsConfig.nameservers, "must provide at least one DNS nameserver when `dnsPolicy` is None")
            }
        }
        dnsConfig?.validate(at: path.dnsConfig, &errors)
        for (index, alias) in (hostAliases ?? []).enumerated() {
            let path = path.hostAliases[index]
            errors.invalid(path.ip, alias.ip, ValueRules.ipAddress(alias.ip))
            for (index, name) in (alias.hostnames ?? []).enumerated() {
                errors.invalid(path.hostnames[index], name, NameRules.subdomain(name))
            }
        }
    }

    /// On the node's network, a port of the pod is a port of the node. A template may leave that to the pod's defaults.
    private func validateHostPorts(at path: FieldPath, isPod: Bool, _ errors: inout [FieldError]) {
        guard hostNetwork == true else { return }
        for (index, container) in containers.enumerated() {
            for (portIndex, port) in (container.ports ?? []).enumerated() {
                let path = path.containers[index].ports[portIndex].hostPort
                let hostPort = port.hostPort ?? 0
                if isPod || hostPort != 0, hostPort != port.containerPort {
                    errors.invalid(path, hostPort, "must match `containerPort` when `hostNetwork` is true")
                }
            }
        }
    }

    /// Fields that are carried because their usual values mean "as is"; other values are not served.
    private func validateSupport(at path: FieldPath, _ errors: inout [FieldError]) {
        if let schedulerName, !["", "default-scheduler"].contains(schedulerName) {
            errors.notSupported(path.schedulerName, schedulerName, ["default-scheduler"])
        }
        if let os, os.name != "linux" { errors.notSupported(path.os.name, os.name, ["linux"]) }
        if automountServiceAccountToken == true {
            errors.unsupported(path.automountServiceAccountToken, "a service account's token in the pod")
        }
        if hostPID == true { errors.unsupported(path.hostPID) }
        if hostIPC == true { errors.unsupported(path.hostIPC) }
        if shareProcessNamespace == true { errors.unsupported(path.shareProcessNamespace) }
        if setHostnameAsFQDN == true { errors.unsupported(path.setHostnameAsFQDN) }
        if hostUsers == false { errors.unsupported(path.hostUsers, "a user namespace") }
    }
}

extension PodDNSConfig {
    /// The bounds are those of the C library's resolver.
    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        let nameservers = nameservers ?? []
        let searches = searches ?? []
        if nameservers.count > 3 {
            errors.invalid(path.nameservers, nameservers, "must not have more than 3 nameservers")
        }
        for (index, server) in nameservers.enumerated() {
            errors.invalid(path.nameservers[index], server, ValueRules.ipAddress(server))
        }
        if searches.count > 32 { errors.invalid(path.searches, searches, "must not have more than 32 search paths") }
        if searches.joined(separator: " ").utf8.count > 2048 {
            errors.invalid(
                path.searches, searches,
                "must not have more than 2048 characters (including spaces) in the search list")
        }
        for (index, search) in searches.enumerated() {
            let name = search.hasSuffix(".") ? String(search.dropLast()) : search
            errors.invalid(path.searches[index], name, NameRules.subdomain(name))
        }
        for (index, option) in (options ?? []).enumerated() where option.name.isEmpty {
            errors.required(path.options[index], "must not be empty")
        }
    }
}

extension String {
    var hasOuterSpace: Bool { first?.isWhitespace == true || last?.isWhitespace == true }
}
