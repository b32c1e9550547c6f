import KubernetesAPI
import Testing

@Suite("Pod validation")
struct PodValidationTests {
    @Test("accepts a plain pod")
    func plain() { #expect(Sample.pod.validate(updating: nil).isEmpty) }

    private static let subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    private static let label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

    static let metadata: [Spoiled<Pod>] = [
        .init("metadata.name: Required value: name or generateName is required") { $0.metadata.name = nil },
        .init("metadata.name: Invalid value: \"Web_1\": \(subdomain)") { $0.metadata.name = "Web_1" },
        .init("metadata.name: Invalid value: \"\(long(254))\": must be no more than 253 characters") {
            $0.metadata.name = long(254)
        },
        .init("metadata.namespace: Required value") { $0.metadata.namespace = nil },
        .init("metadata.namespace: Invalid value: \"a.b\": must not contain dots") { $0.metadata.namespace = "a.b" },
        .init(
            "metadata.labels: Invalid value: \"a b\": a valid label must be an empty string or consist of alphanumeric "
                + "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  "
                + "or 'my_value',  or '12345', regex used for validation is "
                + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
        ) { $0.metadata.labels = ["a": "a b"] },
        .init("metadata.labels: Invalid value: \"/a\": prefix part must be non-empty") {
            $0.metadata.labels = ["/a": "x"]
        },
        .init("metadata.annotations: Too long: may not be more than 262144 bytes") {
            $0.metadata.annotations = ["a": long(256 * 1024)]
        },
    ]

    static let spec: [Spoiled<Pod>] = [
        .init("spec.containers: Required value") { $0.spec.containers = [] },
        .init("spec.containers[0].name: Required value") { $0.spec.containers[0].name = "" },
        .init("spec.containers[0].name: Invalid value: \"Web\": \(label)") { $0.spec.containers[0].name = "Web" },
        .init("spec.containers[1].name: Duplicate value: \"web\"") { $0.spec.containers.append($0.spec.containers[0]) },
        .init("spec.initContainers[0].name: Duplicate value: \"web\"") { $0.spec.initContainers = $0.spec.containers },
        .init("spec.containers[0].image: Required value") { $0.spec.containers[0].image = "" },
        .init("spec.containers[0].image: Invalid value: \" a\": must not have leading or trailing whitespace") {
            $0.spec.containers[0].image = " a"
        },
        .init(
            "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\""
        ) { $0.spec.restartPolicy = "Sometimes" },
        .init(
            "spec.containers[0].imagePullPolicy: Unsupported value: \"x\": supported values: \"Always\", "
                + "\"IfNotPresent\", \"Never\""
        ) { $0.spec.containers[0].imagePullPolicy = "x" },
        .init("spec.terminationGracePeriodSeconds: Invalid value: -1: must be greater than or equal to 0") {
            $0.spec.terminationGracePeriodSeconds = -1
        },
        .init("spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive") {
            $0.spec.activeDeadlineSeconds = 0
        },
        .init("spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None") {
            $0.spec.dnsPolicy = "None"
        },
        .init(
            "spec.hostAliases[0].ip: Invalid value: \"1.2.3\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        ) {
            $0.spec.hostAliases = [HostAlias(ip: "1.2.3")]
        },
        .init(
            "spec.tolerations[0].operator: Invalid value: \"\": operator must be Exists when `key` is empty, which means "
                + "\"match all values and all keys\""
        ) { $0.spec.tolerations = [Toleration()] },
        .init(
            "spec.tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when `tolerationSeconds` is set"
        ) {
            $0.spec.tolerations = [Toleration(key: "a", operator: "Exists", effect: "NoSchedule", tolerationSeconds: 1)]
        },
    ]

    static let ports: [Spoiled<Pod>] = [
        .init("spec.containers[0].ports[0].containerPort: Invalid value: 65536: must be between 1 and 65535, inclusive")
        {
            $0.spec.containers[0].ports = [ContainerPort(containerPort: 65536)]
        },
        .init("spec.containers[0].ports[0].containerPort: Required value") {
            $0.spec.containers[0].ports = [ContainerPort(containerPort: 0)]
        },
        .init("spec.containers[0].ports[1].name: Duplicate value: \"http\"") {
            $0.spec.containers[0].ports = [
                ContainerPort(name: "http", containerPort: 80), ContainerPort(name: "http", containerPort: 81),
            ]
        },
        .init(
            "spec.containers[0].ports[0].name: Invalid value: \"a-name-that-is-too-long\": must be no more than 15 characters"
        ) {
            $0.spec.containers[0].ports = [ContainerPort(name: "a-name-that-is-too-long", containerPort: 80)]
        },
        .init(
            "spec.containers[0].ports[0].protocol: Unsupported value: \"tcp\": supported values: \"SCTP\", \"TCP\", \"UDP\""
        ) {
            $0.spec.containers[0].ports = [ContainerPort(containerPort: 80, protocol: "tcp")]
        },
        .init(
            "spec.containers[0].ports[0].hostIP: Invalid value: \"here\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        ) {
            $0.spec.containers[0].ports = [ContainerPort(hostPort: 80, containerPort: 80, hostIP: "here")]
        },
        .init(
            "spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true"
        ) {
            $0.spec.hostNetwork = true
            $0.spec.containers[0].ports = [ContainerPort(hostPort: 81, containerPort: 80)]
        },
    ]

    static let environment: [Spoiled<Pod>] = [
        .init("spec.containers[0].env[0].name: Required value") { $0.spec.containers[0].env = [EnvVar(name: "")] },
        .init(
            "spec.containers[0].env[0].name: Invalid value: \"a=b\": a valid environment variable name must consist only "
                + "of printable ASCII characters other than '='"
        ) { $0.spec.containers[0].env = [EnvVar(name: "a=b")] },
        .init(
            "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty"
        ) {
            let field = ObjectFieldSelector(fieldPath: "metadata.name")
            $0.spec.containers[0].env = [EnvVar(name: "a", value: "b", valueFrom: EnvVarSource(fieldRef: field))]
        },
        .init(
            "spec.containers[0].env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, "
                + "`resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
        ) { $0.spec.containers[0].env = [EnvVar(name: "a", valueFrom: EnvVarSource())] },
        .init(
            "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"spec.x\": supported values: "
                + "\"metadata.name\", \"metadata.namespace\", \"metadata.uid\", \"spec.nodeName\", "
                + "\"spec.serviceAccountName\", \"status.hostIP\", \"status.hostIPs\", \"status.podIP\", \"status.podIPs\""
        ) {
            let field = ObjectFieldSelector(fieldPath: "spec.x")
            $0.spec.containers[0].env = [EnvVar(name: "a", valueFrom: EnvVarSource(fieldRef: field))]
        },
        .init("spec.containers[0].envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`") {
            $0.spec.containers[0].envFrom = [EnvFromSource()]
        },
    ]

    static let volumes: [Spoiled<Pod>] = [
        .init("spec.containers[0].volumeMounts[0].name: Not found: \"data\"") {
            $0.spec.containers[0].volumeMounts = [VolumeMount(name: "data", mountPath: "/data")]
        },
        .init("spec.containers[0].volumeMounts[1].mountPath: Invalid value: \"/data\": must be unique") {
            $0.spec.volumes = [Volume(name: "data", emptyDir: EmptyDirVolumeSource())]
            let mount = VolumeMount(name: "data", mountPath: "/data")
            $0.spec.containers[0].volumeMounts = [mount, mount]
        },
        .init("spec.containers[0].volumeMounts.subPath: Invalid value: \"../a\": must not contain '..'") {
            $0.spec.volumes = [Volume(name: "data", emptyDir: EmptyDirVolumeSource())]
            $0.spec.containers[0].volumeMounts = [VolumeMount(name: "data", mountPath: "/data", subPath: "../a")]
        },
        .init("spec.volumes[1].name: Duplicate value: \"a\"") {
            let volume = Volume(name: "a", emptyDir: EmptyDirVolumeSource())
            $0.spec.volumes = [volume, volume]
        },
        .init("spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type") {
            let path = HostPathVolumeSource(path: "/srv")
            $0.spec.volumes = [Volume(name: "a", hostPath: path, emptyDir: EmptyDirVolumeSource())]
        },
        .init("spec.volumes[0].hostPath.path: Invalid value: \"/srv/../etc\": must not contain '..'") {
            $0.spec.volumes = [Volume(name: "a", hostPath: HostPathVolumeSource(path: "/srv/../etc"))]
        },
        .init(
            "spec.volumes[0].configMap.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive"
        ) {
            $0.spec.volumes = [Volume(name: "a", configMap: ConfigMapVolumeSource(name: "a", defaultMode: 0o1000))]
        },
        .init("spec.volumes[0].persistentVolumeClaim.claimName: Required value") {
            $0.spec.volumes = [Volume(name: "a", persistentVolumeClaim: .init(claimName: ""))]
        },
        .init(
            "spec.volumes[0].emptyDir.sizeLimit: Forbidden: a limit of a directory on the node's disk (only `medium: "
                + "Memory` has one) is not supported by swiftlet"
        ) { $0.spec.volumes = [Volume(name: "a", emptyDir: EmptyDirVolumeSource(sizeLimit: "1Gi"))] },
    ]

    static let probes: [Spoiled<Pod>] = [
        .init("spec.containers[0].livenessProbe: Required value: must specify a handler type") {
            $0.spec.containers[0].livenessProbe = Probe(timeoutSeconds: 1, periodSeconds: 1)
        },
        .init("spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type") {
            $0.spec.containers[0].livenessProbe = Probe(
                httpGet: HTTPGetAction(port: 80), tcpSocket: TCPSocketAction(port: 80))
        },
        .init("spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1") {
            $0.spec.containers[0].livenessProbe = Probe(tcpSocket: TCPSocketAction(port: 80), successThreshold: 2)
        },
        .init(
            "spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive"
        ) {
            $0.spec.containers[0].readinessProbe = Probe(httpGet: HTTPGetAction(port: 0))
        },
        .init("spec.containers[0].readinessProbe.exec.command: Required value") {
            $0.spec.containers[0].readinessProbe = Probe(exec: ExecAction())
        },
        .init(
            "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than "
                + "terminationGracePeriodSeconds (30)"
        ) {
            $0.spec.containers[0].lifecycle = Lifecycle(preStop: LifecycleHandler(sleep: SleepAction(seconds: 31)))
        },
        .init(
            "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without "
                + "restartPolicy=Always"
        ) {
            var container = Container(name: "first", image: "a:1")
            container.livenessProbe = Probe(tcpSocket: TCPSocketAction(port: 80))
            $0.spec.initContainers = [container]
        },
    ]

    static let resources: [Spoiled<Pod>] = [
        .init(
            "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1"
        ) {
            $0.spec.containers[0].resources = ResourceRequirements(limits: ["cpu": "1"], requests: ["cpu": "2"])
        },
        .init(
            "spec.containers[0].resources.limits[memory]: Invalid value: \"-1Gi\": must be greater than or equal to 0"
        ) {
            $0.spec.containers[0].resources.limits = ["memory": "-1Gi"]
        },
        .init(
            "spec.containers[0].resources.limits[pids]: Invalid value: \"pids\": must be a standard resource type or fully "
                + "qualified",
            "spec.containers[0].resources.limits[pids]: Invalid value: \"pids\": must be a standard resource for containers"
        ) { $0.spec.containers[0].resources.limits = ["pids": "1"] },
        .init(
            "spec.containers[0].resources.limits[ephemeral-storage]: Forbidden: the resource ephemeral-storage is not "
                + "supported by swiftlet"
        ) { $0.spec.containers[0].resources.limits = ["ephemeral-storage": "1Gi"] },
    ]

    static let security: [Spoiled<Pod>] = [
        .init("spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive") {
            $0.spec.securityContext?.runAsUser = -1
        },
        .init(
            "spec.containers[0].securityContext: Invalid value: false: cannot set `allowPrivilegeEscalation` to false and "
                + "`privileged` to true"
        ) {
            $0.spec.containers[0].securityContext = SecurityContext(privileged: true, allowPrivilegeEscalation: false)
        },
        .init(
            "spec.securityContext.fsGroupChangePolicy: Unsupported value: \"OnRootMismatch\": supported values: \"Always\""
        ) {
            $0.spec.securityContext?.fsGroupChangePolicy = "OnRootMismatch"
        },
        .init(
            "spec.securityContext.seccompProfile.type: Unsupported value: \"Localhost\": supported values: "
                + "\"RuntimeDefault\", \"Unconfined\""
        ) { $0.spec.securityContext?.seccompProfile = SeccompProfile(type: "Localhost") },
        .init(
            "spec.securityContext.sysctls[0].name: Forbidden: a kernel setting outside `net.` is not supported by swiftlet"
        ) {
            $0.spec.securityContext?.sysctls = [Sysctl(name: "kernel.msgmax", value: "1")]
        },
    ]

    static let unsupported: [Spoiled<Pod>] = [
        .init("spec.hostPID: Forbidden: not supported by swiftlet") { $0.spec.hostPID = true },
        .init("spec.hostIPC: Forbidden: not supported by swiftlet") { $0.spec.hostIPC = true },
        .init("spec.shareProcessNamespace: Forbidden: not supported by swiftlet") {
            $0.spec.shareProcessNamespace = true
        },
        .init("spec.setHostnameAsFQDN: Forbidden: not supported by swiftlet") { $0.spec.setHostnameAsFQDN = true },
        .init("spec.hostUsers: Forbidden: a user namespace is not supported by swiftlet") { $0.spec.hostUsers = false },
        .init(
            "spec.automountServiceAccountToken: Forbidden: a service account's token in the pod is not supported by swiftlet"
        ) {
            $0.spec.automountServiceAccountToken = true
        },
        .init("spec.schedulerName: Unsupported value: \"mine\": supported values: \"default-scheduler\"") {
            $0.spec.schedulerName = "mine"
        },
        .init("spec.os.name: Unsupported value: \"windows\": supported values: \"linux\"") {
            $0.spec.os = PodOS(name: "windows")
        },
    ]

    @Test(
        "says where and why, in Kubernetes' words",
        arguments: metadata + spec + ports + environment + volumes + probes + resources + security + unsupported)
    func spoiled(_ spoiled: Spoiled<Pod>) { #expect(Sample.pod.errors(spoiled.spoil) == spoiled.expected) }

    @Test("accepts the harmless values of fields that are not served")
    func harmless() {
        #expect(
            Sample.pod.errors {
                $0.spec.hostPID = false
                $0.spec.hostIPC = false
                $0.spec.shareProcessNamespace = false
                $0.spec.hostUsers = true
                $0.spec.automountServiceAccountToken = false
                $0.spec.priority = 0
                $0.spec.preemptionPolicy = "PreemptLowerPriority"
                $0.spec.os = PodOS(name: "linux")
            } == [])
    }
}

private func long(_ count: Int) -> String { String(repeating: "a", count: count) }
