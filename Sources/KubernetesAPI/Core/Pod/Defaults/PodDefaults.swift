/// What Kubernetes fills in where a pod is written. Source: pkg/apis/core/v1/defaults.go (v1.33).
extension Pod {
    public mutating func applyDefaults() {
        spec.applyDefaults()
        // These are filled in for pods alone, not for templates: a template keeps saying what its author wrote.
        if spec.enableServiceLinks == nil { spec.enableServiceLinks = true }
        let hostNetwork = spec.hostNetwork == true
        spec.containers.modifyEach { $0.applyPodDefaults(hostNetwork: hostNetwork) }
        spec.initContainers?.modifyEach { $0.applyPodDefaults(hostNetwork: hostNetwork) }
    }
}

extension PodTemplateSpec {
    mutating func applyDefaults() { spec.applyDefaults() }
}

extension PodSpec {
    mutating func applyDefaults() {
        dnsPolicy.setIfEmpty("ClusterFirst")
        restartPolicy.setIfEmpty("Always")
        schedulerName.setIfEmpty("default-scheduler")
        if securityContext == nil { securityContext = PodSecurityContext() }
        if terminationGracePeriodSeconds == nil { terminationGracePeriodSeconds = 30 }
        // Two names of one field; the newer wins, and both are printed.
        if serviceAccountName.isEmpty { serviceAccountName = serviceAccount }
        serviceAccount = serviceAccountName

        containers.modifyEach { $0.applyDefaults() }
        initContainers?.modifyEach { $0.applyDefaults() }
        volumes?.modifyEach { $0.applyDefaults() }
    }
}

extension Container {
    mutating func applyDefaults() {
        imagePullPolicy.setIfEmpty(imageTag == "latest" ? "Always" : "IfNotPresent")
        terminationMessagePath.setIfEmpty("/dev/termination-log")
        terminationMessagePolicy.setIfEmpty("File")
        ports?.modifyEach { $0.protocol.setIfEmpty("TCP") }
        env?.modifyEach { $0.valueFrom?.fieldRef?.apiVersion.setIfEmpty("v1") }
        resources.limits = resources.limits?.mapValues { $0.roundedToMilli }
        resources.requests = resources.requests?.mapValues { $0.roundedToMilli }
        livenessProbe?.applyDefaults()
        readinessProbe?.applyDefaults()
        startupProbe?.applyDefaults()
        lifecycle?.postStart?.httpGet?.applyDefaults()
        lifecycle?.preStop?.httpGet?.applyDefaults()
    }

    /// A limit without a request is also the request; on the node's network a port is the node's port.
    fileprivate mutating func applyPodDefaults(hostNetwork: Bool) {
        if let limits = resources.limits {
            resources.requests = limits.merging(resources.requests ?? [:]) { _, request in request }
        }
        guard hostNetwork else { return }
        ports?.modifyEach { if ($0.hostPort ?? 0) == 0 { $0.hostPort = $0.containerPort } }
    }
}

extension Optional where Wrapped == String {
    /// Kubernetes does not tell a missing text from an empty one.
    mutating func setIfEmpty(_ value: String) {
        if isEmpty { self = value }
    }

    var isEmpty: Bool { self?.isEmpty ?? true }
}

extension Quantity {
    /// Kubernetes keeps no finer digits of a resource.
    var roundedToMilli: Quantity {
        milliValue == Int64.max ? self : Quantity(milli: milliValue, format: format)
    }
}
