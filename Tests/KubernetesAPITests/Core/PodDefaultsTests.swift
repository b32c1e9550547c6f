import KubernetesAPI
import Testing

@Suite("Pod defaults")
struct PodDefaultsTests {
    @Test("fill in what Kubernetes fills in")
    func filled() throws {
        let pod = Sample.pod
        #expect(pod.spec.restartPolicy == "Always")
        #expect(pod.spec.dnsPolicy == "ClusterFirst")
        #expect(pod.spec.schedulerName == "default-scheduler")
        #expect(pod.spec.terminationGracePeriodSeconds == 30)
        #expect(pod.spec.securityContext == PodSecurityContext())
        #expect(pod.spec.enableServiceLinks == true)
        let container = pod.spec.containers[0]
        #expect(container.imagePullPolicy == "IfNotPresent")
        #expect(container.terminationMessagePath == "/dev/termination-log")
        #expect(container.terminationMessagePolicy == "File")
    }

    @Test("change nothing when applied again, or when everything is given")
    func idempotent() {
        var pod = Sample.pod
        pod.applyDefaults()
        #expect(pod == Sample.pod)
        var deployment = Sample.deployment
        deployment.applyDefaults()
        #expect(deployment == Sample.deployment)
    }

    @Test(
        "look an untagged image up again",
        arguments: [
            ("nginx", "Always"), ("nginx:latest", "Always"), ("nginx:1.16", "IfNotPresent"),
            ("registry:5000/nginx", "Always"), ("registry:5000/nginx:1.16", "IfNotPresent"),
            ("nginx@sha256:00", "IfNotPresent"), ("nginx:latest@sha256:00", "Always"),
        ])
    func pullPolicy(image: String, policy: String) {
        var pod = Pod(spec: PodSpec(containers: [Container(name: "a", image: image)]))
        pod.applyDefaults()
        #expect(pod.spec.containers[0].imagePullPolicy == policy)
    }

    @Test("make limits requests in pods, not in templates")
    func requests() {
        let resources = ResourceRequirements(limits: ["cpu": "1", "memory": "1Gi"], requests: ["cpu": "200m"])
        let spec = PodSpec(containers: [Container(name: "a", image: "a:1", resources: resources)])
        var pod = Pod(spec: spec)
        pod.applyDefaults()
        #expect(pod.spec.containers[0].resources.requests == ["cpu": "200m", "memory": "1Gi"])
        var deployment = Sample.deployment
        deployment.spec.template.spec.containers = spec.containers
        deployment.applyDefaults()
        #expect(deployment.spec.template.spec.containers[0].resources.requests == ["cpu": "200m"])
        #expect(deployment.spec.template.spec.enableServiceLinks == nil)
    }

    @Test("complete probes, ports, variables and volumes")
    func parts() throws {
        var container = Container(name: "a", image: "a:1")
        container.livenessProbe = Probe(httpGet: HTTPGetAction(port: 80), timeoutSeconds: 0)
        container.lifecycle = Lifecycle(preStop: LifecycleHandler(httpGet: HTTPGetAction(port: "http")))
        container.ports = [ContainerPort(containerPort: 80)]
        container.env = [
            EnvVar(name: "A", valueFrom: EnvVarSource(fieldRef: ObjectFieldSelector(fieldPath: "metadata.name")))
        ]
        var pod = Pod(spec: PodSpec(containers: [container]))
        pod.spec.hostNetwork = true
        pod.spec.serviceAccount = "robot"
        pod.spec.volumes = [
            Volume(name: "a"), Volume(name: "b", hostPath: HostPathVolumeSource(path: "/srv")),
            Volume(name: "c", configMap: ConfigMapVolumeSource(name: "c")),
            Volume(name: "d", secret: SecretVolumeSource(secretName: "d", defaultMode: 256)),
        ]
        pod.applyDefaults()
        let probe = try #require(pod.spec.containers[0].livenessProbe)
        #expect(probe.timeoutSeconds == 1 && probe.periodSeconds == 10)
        #expect(probe.successThreshold == 1 && probe.failureThreshold == 3)
        #expect(probe.httpGet?.path == "/" && probe.httpGet?.scheme == "HTTP")
        #expect(pod.spec.containers[0].lifecycle?.preStop?.httpGet?.scheme == "HTTP")
        #expect(pod.spec.containers[0].ports?[0].protocol == "TCP")
        #expect(pod.spec.containers[0].ports?[0].hostPort == 80)
        #expect(pod.spec.containers[0].env?[0].valueFrom?.fieldRef?.apiVersion == "v1")
        #expect(pod.spec.serviceAccountName == "robot")
        let volumes = try #require(pod.spec.volumes)
        #expect(volumes[0].emptyDir == EmptyDirVolumeSource())
        #expect(volumes[1].hostPath?.type == "" && volumes[1].emptyDir == nil)
        #expect(volumes[2].configMap?.defaultMode == 0o644)
        #expect(volumes[3].secret?.defaultMode == 0o400)
    }

    @Test("of the status: pending, with the quality of service")
    func created() {
        var pod = Sample.pod
        pod.status.phase = "Running"
        pod.prepareForCreate()
        #expect(pod.status.phase == "Pending")
        #expect(pod.status.qosClass == "BestEffort")
        #expect(pod.metadata.generation == 1)
    }

    @Test(
        "of the quality of service",
        arguments: [
            (["cpu": "1", "memory": "1Gi"], ["cpu": "1", "memory": "1024Mi"], "Guaranteed"),
            (["cpu": "1", "memory": "1Gi"], ["cpu": "500m", "memory": "1Gi"], "Burstable"),
            (["cpu": "1"], ["cpu": "1"], "Burstable"), ([:], ["memory": "1Mi"], "Burstable"), ([:], [:], "BestEffort"),
            (["cpu": "0"], [:], "BestEffort"),
        ] as [([String: Quantity], [String: Quantity], String)])
    func quality(limits: [String: Quantity], requests: [String: Quantity], expected: String) {
        let resources = ResourceRequirements(limits: limits, requests: requests)
        #expect(PodSpec(containers: [Container(name: "a", resources: resources)]).qosClass == expected)
    }
}
