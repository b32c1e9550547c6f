import KubernetesAPI
import Testing

@testable import Node

struct EnvironmentTests {
    private func builder(_ objects: FakeObjects = FakeObjects(), _ change: (inout Pod) -> Void = { _ in })
        -> EnvironmentBuilder
    {
        let pod = makePod("web", change)
        return EnvironmentBuilder(
            objects: objects,
            downward: DownwardAPI(
                pod: pod, podIP: "10.42.0.9", hostIP: "192.0.2.1",
                allocatable: ["cpu": Quantity(4), "memory": Quantity(8 << 30, format: .binarySI)]))
    }

    private func container(_ env: [EnvVar], from: [EnvFromSource] = []) -> Container {
        var container = Container(name: "web", image: "nginx", env: env)
        container.envFrom = from
        return container
    }

    @Test func expandsWhatStandsBefore() async throws {
        let env = try await builder().environment(
            of: container([
                EnvVar(name: "A", value: "1"), EnvVar(name: "B", value: "$(A)-$(C)"), EnvVar(name: "C", value: "3"),
                EnvVar(name: "D", value: "$$(A)"), EnvVar(name: "A", value: "9"), EnvVar(name: "E", value: "$(A)"),
                EnvVar(name: "F"),
            ]))
        #expect(env.list == ["A=9", "B=1-$(C)", "C=3", "D=$(A)", "E=9", "F="])
    }

    @Test func wholeObjectsComeFirstAndCanBeReferredTo() async throws {
        let objects = FakeObjects()
        objects.put(ConfigMap(metadata: ObjectMeta(name: "cfg", namespace: "default"), data: ["x": "map", "y": "2"]))
        objects.put(Secret(metadata: ObjectMeta(name: "key", namespace: "default"), data: ["x": Base64Bytes("secret")]))
        let from = [
            EnvFromSource(configMapRef: ConfigMapEnvSource(name: "cfg")),
            EnvFromSource(prefix: "S_", secretRef: SecretEnvSource(name: "key")),
            EnvFromSource(configMapRef: ConfigMapEnvSource(name: "none", optional: true)),
        ]
        let env = try await builder(objects).environment(
            of: container([EnvVar(name: "y", value: "own"), EnvVar(name: "z", value: "$(S_x)")], from: from))
        #expect(env.values == ["x": "map", "y": "own", "S_x": "secret", "z": "secret"])
    }

    @Test func missingKeysAndObjectsAreWorded() async throws {
        let objects = FakeObjects()
        objects.put(ConfigMap(metadata: ObjectMeta(name: "cfg", namespace: "default"), data: [:]))
        func failure(_ source: EnvVarSource) async -> String {
            do {
                return try await builder(objects).environment(of: container([EnvVar(name: "A", valueFrom: source)]))
                    .list.joined()
            } catch { return "\(error)" }
        }
        #expect(
            await failure(EnvVarSource(configMapKeyRef: .init(name: "cfg", key: "k")))
                == "couldn't find key k in ConfigMap default/cfg")
        #expect(
            await failure(EnvVarSource(configMapKeyRef: .init(name: "no", key: "k"))) == "configmap \"no\" not found")
        #expect(await failure(EnvVarSource(secretKeyRef: .init(name: "no", key: "k"))) == "secret \"no\" not found")
        #expect(await failure(EnvVarSource(secretKeyRef: .init(name: "no", key: "k", optional: true))) == "")
    }

    @Test func theDownwardAPI() throws {
        let downward = builder(FakeObjects()) { pod in
            pod.metadata.labels = ["app": "web", "tier": "a\"b"]
            pod.metadata.annotations = ["note": "two\nlines"]
            pod.spec.serviceAccountName = "robot"
        }.downward
        let expected = [
            "metadata.name": "web", "metadata.namespace": "default", "metadata.uid": "uid-web",
            "metadata.labels['app']": "web", "metadata.labels['none']": "",
            "metadata.annotations['note']": "two\nlines",
            "metadata.labels": "app=\"web\"\ntier=\"a\\\"b\"", "metadata.annotations": "note=\"two\\nlines\"",
            "spec.nodeName": "node", "spec.serviceAccountName": "robot", "status.podIP": "10.42.0.9",
            "status.podIPs": "10.42.0.9", "status.hostIP": "192.0.2.1",
        ]
        for (path, value) in expected { #expect(try downward.field(path) == value, "\(path)") }
        #expect(throws: (any Error).self) { try downward.field("spec.containers") }
    }

    @Test(
        arguments: [
            ("limits.cpu", nil, "1"), ("limits.cpu", "1m", "500"), ("requests.cpu", "1m", "250"),
            ("limits.memory", nil, "67108864"),
            ("limits.memory", "1Mi", "64"), ("limits.memory", "1G", "1"), ("requests.memory", "1Mi", "0"),
        ] as [(String, String?, String)])
    func resources(_ name: String, _ divisor: String?, _ expected: String) throws {
        var web = Container(name: "web", image: "nginx")
        web.resources = ResourceRequirements(
            limits: ["cpu": Quantity(milli: 500), "memory": Quantity(64 << 20)], requests: ["cpu": Quantity(milli: 250)]
        )
        let selector = ResourceFieldSelector(resource: name, divisor: divisor.flatMap { Quantity($0) })
        #expect(try builder().downward.resource(selector, of: web) == expected)
    }

    @Test func aLimitThatIsNotThereIsTheNodes() throws {
        let web = Container(name: "web", image: "nginx")
        #expect(try builder().downward.resource(ResourceFieldSelector(resource: "limits.cpu"), of: web) == "4")
        #expect(
            try builder().downward.resource(
                ResourceFieldSelector(resource: "limits.memory", divisor: Quantity("1Gi")), of: web)
                == "8")
    }
}
