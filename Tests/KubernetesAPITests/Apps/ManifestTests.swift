import KubernetesAPI
import Testing

/// Whole documents, as tools send them, through every step before the store.
@Suite("Manifests")
struct ManifestTests {
    private func check<T: APIObject>(_ json: String, _ type: T.Type) throws -> (object: T, check: FieldCheck) {
        let check = try FieldCheck(try JSONParser.parse(Array(json.utf8)).value, against: type)
        var object = try check.value.decode(type)
        object.metadata.namespace = T.resource.namespaced ? "default" : nil
        object.applyDefaults()
        object.prepareForCreate()
        return (object, check)
    }

    @Test("of `kubectl create deployment` are accepted as they are")
    func created() throws {
        let (deployment, check) = try check(
            """
            {"kind": "Deployment", "apiVersion": "apps/v1",
             "metadata": {"name": "web", "creationTimestamp": null, "labels": {"app": "web"}},
             "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}},
              "template": {"metadata": {"creationTimestamp": null, "labels": {"app": "web"}},
               "spec": {"containers": [{"name": "nginx", "image": "nginx:1.16", "ports": [{"containerPort": 80}],
                "resources": {}}]}},
              "strategy": {}},
             "status": {}}
            """, Deployment.self)
        #expect(check.unknown == [] && check.refused == [])
        #expect(deployment.validate(updating: nil) == [])
        #expect(deployment.spec.strategy.rollingUpdate?.maxSurge == "25%")
        #expect(deployment.spec.template.spec.containers[0].ports?[0].protocol == "TCP")
    }

    @Test("that a large cluster gave back are accepted as they are")
    func exported() throws {
        let (deployment, check) = try check(
            """
            {"apiVersion": "apps/v1", "kind": "Deployment",
             "metadata": {"annotations": {"deployment.kubernetes.io/revision": "3"}, "creationTimestamp":
              "2026-01-02T03:04:05Z", "generation": 3, "labels": {"app": "web"}, "name": "web", "namespace": "default",
              "resourceVersion": "4711", "selfLink": "/x", "uid": "b7e1", "managedFields": [{"manager": "kubectl",
              "operation": "Update", "fieldsV1": {"f:spec": {}}}]},
             "spec": {"progressDeadlineSeconds": 600, "replicas": 3, "revisionHistoryLimit": 10,
              "selector": {"matchLabels": {"app": "web"}},
              "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}, "type": "RollingUpdate"},
              "template": {"metadata": {"creationTimestamp": null, "labels": {"app": "web"}},
               "spec": {"automountServiceAccountToken": false, "containers": [{"image": "nginx", "imagePullPolicy": "Always",
                 "name": "nginx", "resources": {"limits": {"cpu": 0.5, "memory": "64Mi"}}, "securityContext": {},
                 "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
                "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
                "securityContext": {}, "serviceAccount": "web", "serviceAccountName": "web",
                "terminationGracePeriodSeconds": 30, "enableServiceLinks": true, "hostPID": false,
                "preemptionPolicy": "PreemptLowerPriority", "priority": 0}}},
             "status": {"availableReplicas": 3, "conditions": [{"lastTransitionTime": "2026-01-02T03:04:05Z",
               "lastUpdateTime": "2026-01-02T03:04:05Z", "message": "m", "reason": "r", "status": "True",
               "type": "Available"}], "observedGeneration": 3, "readyReplicas": 3, "replicas": 3, "terminatingReplicas": 0,
              "updatedReplicas": 3}}
            """, Deployment.self)
        #expect(check.unknown == [] && check.refused == [])
        #expect(deployment.validate(updating: nil) == [])
        #expect(deployment.status == DeploymentStatus())
        #expect(deployment.metadata.generation == 1)
        #expect(deployment.spec.template.spec.containers[0].resources.limits?["cpu"]?.description == "500m")
    }

    @Test("that leave required fields out are told which")
    func missing() throws {
        let (deployment, _) = try check("{\"metadata\": {\"name\": \"web\"}}", Deployment.self)
        #expect(
            deployment.validate(updating: nil).map(\.description) == [
                "spec.selector: Required value", "spec.template.spec.containers: Required value",
            ])
        let (pod, _) = try self.check("{\"spec\": {\"containers\": [{}]}}", Pod.self)
        #expect(
            pod.validate(updating: nil).map(\.description) == [
                "metadata.name: Required value: name or generateName is required",
                "spec.containers[0].name: Required value", "spec.containers[0].image: Required value",
            ])
    }

    @Test(
        "that want what is not served are told so by name",
        arguments: [
            ("\"schedulingGates\": [{\"name\": \"a\"}]", "spec.schedulingGates"),
            ("\"runtimeClassName\": \"gvisor\"", "spec.runtimeClassName"),
            ("\"volumes\": [{\"name\": \"a\", \"nfs\": {\"path\": \"/a\"}}]", "spec.volumes[0].nfs"),
            (
                "\"containers\": [{\"name\": \"a\", \"livenessProbe\": {\"grpc\": {\"port\": 1}}}]",
                "spec.containers[0].livenessProbe.grpc"
            ),
            (
                "\"initContainers\": [{\"name\": \"a\", \"restartPolicy\": \"Always\"}]",
                "spec.initContainers[0].restartPolicy"
            ),
            ("\"securityContext\": {\"seLinuxOptions\": {\"level\": \"s0\"}}", "spec.securityContext.seLinuxOptions"),
        ])
    func refused(field: String, path: String) throws {
        let (_, check) = try check("{\"spec\": {\(field)}}", Pod.self)
        #expect(check.refused.map(\.description) == ["\(path): Forbidden: not supported by swiftlet"])
        #expect(check.unknown == [])
    }

    @Test("come back from the encoder as they went in")
    func roundTrip() throws {
        func check<T: APIObject>(_ object: T) throws {
            let bytes = try JSON.encode(object)
            let again = try FieldCheck(try JSONParser.parse(bytes).value, against: T.self)
            #expect(again.unknown == [] && again.refused == [])
            #expect(try again.value.decode(T.self) == object)
        }
        try check(Sample.pod)
        try check(Sample.deployment)
        try check(Sample.replicaSet)
        try check(Sample.claim)
        try check(Sample.volume)
        try check(Node(metadata: ObjectMeta(name: "n")))
        try check(Secret(data: ["a": Base64Bytes([0, 255, 62])], type: "Opaque"))
        try check(Lease(spec: LeaseSpec(renewTime: MicroTime(microseconds: 1_234_567))))
    }
}
