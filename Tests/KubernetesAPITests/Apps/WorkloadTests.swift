import KubernetesAPI
import Testing

@Suite("Deployments and ReplicaSets")
struct WorkloadTests {
    @Test("get Kubernetes' defaults")
    func defaults() {
        var deployment = Deployment(
            spec: DeploymentSpec(selector: LabelSelector(), template: PodTemplateSpec()))
        deployment.applyDefaults()
        #expect(deployment.spec.replicas == 1)
        #expect(deployment.spec.strategy.type == "RollingUpdate")
        #expect(
            deployment.spec.strategy.rollingUpdate == RollingUpdateDeployment(maxUnavailable: "25%", maxSurge: "25%"))
        #expect(deployment.spec.revisionHistoryLimit == 10)
        #expect(deployment.spec.progressDeadlineSeconds == 600)
        #expect(deployment.spec.template.spec.restartPolicy == "Always")
        var recreate = Sample.deployment
        recreate.spec.strategy = DeploymentStrategy(type: "Recreate")
        recreate.applyDefaults()
        #expect(recreate.spec.strategy.rollingUpdate == nil)
        #expect(Sample.replicaSet.spec.replicas == 1)
    }

    static let spoiled: [Spoiled<Deployment>] = [
        .init("spec.replicas: Invalid value: -1: must be greater than or equal to 0") { $0.spec.replicas = -1 },
        .init("spec.selector: Required value") { $0.spec.selector = LabelSelector() },
        .init("spec.selector: Invalid value: {\"matchLabels\":{}}: empty selector is invalid for deployment") {
            $0.spec.selector = LabelSelector(matchLabels: [:])
        },
        .init(
            "spec.template.metadata.labels: Invalid value: {\"app\":\"other\"}: `selector` does not match template `labels`"
        ) {
            $0.spec.template.metadata.labels = ["app": "other"]
        },
        .init(
            "spec.selector.matchExpressions[0].operator: Invalid value: \"Near\": not a valid selector operator",
            "spec.selector: Invalid value: {\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Near\"}]}: invalid label selector"
        ) { $0.spec.selector = LabelSelector(matchExpressions: [.init(key: "app", operator: "Near")]) },
        .init("spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"") {
            $0.spec.template.spec.restartPolicy = "Never"
        },
        .init(
            "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported"
        ) {
            $0.spec.template.spec.activeDeadlineSeconds = 5
        },
        .init("spec.template.spec.containers: Required value") { $0.spec.template.spec.containers = [] },
        .init("spec.strategy.type: Unsupported value: \"Blue\": supported values: \"Recreate\", \"RollingUpdate\"") {
            $0.spec.strategy.type = "Blue"
        },
        .init("spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'") {
            $0.spec.strategy.type = "Recreate"
        },
        .init("spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0") {
            $0.spec.strategy.rollingUpdate = RollingUpdateDeployment(maxUnavailable: 0, maxSurge: "0%")
        },
        .init("spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%") {
            $0.spec.strategy.rollingUpdate = RollingUpdateDeployment(maxUnavailable: "101%", maxSurge: 1)
        },
        .init(
            "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"a lot\": a valid percent string must be a numeric string "
                + "followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
        ) { $0.spec.strategy.rollingUpdate?.maxSurge = "a lot" },
        .init("spec.progressDeadlineSeconds: Invalid value: 60: must be greater than minReadySeconds") {
            $0.spec.minReadySeconds = 60
            $0.spec.progressDeadlineSeconds = 60
        },
    ]

    @Test("that are wrong are refused in Kubernetes' words", arguments: spoiled)
    func refused(_ spoiled: Spoiled<Deployment>) {
        #expect(Sample.deployment.errors(spoiled.spoil) == spoiled.expected)
    }

    @Test("keep their selector")
    func immutableSelector() {
        let expected = "spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"b\"}}: field is immutable"
        #expect(
            Sample.deployment.updateErrors {
                $0.spec.selector = LabelSelector(matchLabels: ["app": "b"])
                $0.spec.template.metadata.labels = ["app": "b"]
            } == [expected])
        #expect(
            Sample.replicaSet.updateErrors {
                $0.spec.selector = LabelSelector(matchLabels: ["app": "b"])
                $0.spec.template.metadata.labels = ["app": "b"]
            } == [expected])
    }

    @Test("count what changes the wish, not the status")
    func generations() {
        var old = Sample.deployment
        old.prepareForCreate()
        #expect(old.metadata.generation == 1)
        var new = old
        new.status.replicas = 3
        new.prepareForUpdate(from: old)
        #expect(new == old)
        new.metadata.labels = ["a": "b"]
        new.prepareForUpdate(from: old)
        #expect(new.metadata.generation == 1)
        new.metadata.annotations = ["a": "b"]
        new.prepareForUpdate(from: old)
        #expect(new.metadata.generation == 2)
        new.spec.replicas = 9
        new.prepareForUpdate(from: old)
        #expect(new.metadata.generation == 2)
    }
}
