import Testing

@testable import KubernetesAPI

@Suite struct PodDisruptionBudgetTests {
    static var sample: PodDisruptionBudget {
        PodDisruptionBudget(
            metadata: ObjectMeta(name: "web", namespace: "default"),
            spec: PodDisruptionBudgetSpec(minAvailable: 2, selector: LabelSelector(matchLabels: ["app": "web"])))
    }

    @Test(arguments: [
        Spoiled<PodDisruptionBudget>(
            #"spec: Invalid value: {"minAvailable":2,"selector":{"matchLabels":{"app":"web"}},"maxUnavailable":"10%"}: "#
                + "minAvailable and maxUnavailable cannot be both set"
        ) { $0.spec.maxUnavailable = "10%" },
        Spoiled("spec.minAvailable: Invalid value: -1: must be greater than or equal to 0") {
            $0.spec.minAvailable = -1
        },
        Spoiled("spec.minAvailable: Invalid value: \"101%\": must not be greater than 100%") {
            $0.spec.minAvailable = "101%"
        },
        Spoiled(
            "spec.minAvailable: Invalid value: \"half\": a valid percent string must be a numeric string followed by an "
                + "ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
        ) { $0.spec.minAvailable = "half" },
        Spoiled(
            "spec.unhealthyPodEvictionPolicy: Unsupported value: \"Never\": supported values: \"AlwaysAllow\", "
                + "\"IfHealthyBudget\""
        ) { $0.spec.unhealthyPodEvictionPolicy = "Never" },
        Spoiled("spec.selector.matchExpressions[0].operator: Invalid value: \"Is\": not a valid selector operator") {
            $0.spec.selector = LabelSelector(matchExpressions: [.init(key: "app", operator: "Is")])
        },
    ])
    func refuses(_ spoiled: Spoiled<PodDisruptionBudget>) {
        #expect(Self.sample.errors(spoiled.spoil) == spoiled.expected)
    }

    @Test func acceptsItselfAndPrintsARow() {
        var budget = Self.sample
        #expect(budget.validate(updating: nil).isEmpty)
        budget.status.disruptionsAllowed = 1
        #expect(
            PodDisruptionBudget.header == "Name | Min Available | Max Unavailable | Allowed Disruptions | Age")
        let row = budget.row()
        #expect(row["Min Available"] == "2")
        #expect(row["Max Unavailable"] == "N/A")
        #expect(row["Allowed Disruptions"] == "1")
    }

    @Test("An empty selector covers every pod of its namespace, a missing one none")
    func covers() {
        var budget = Self.sample
        let pod = ObjectMeta(name: "p", namespace: "default", labels: ["app": "web"])
        #expect(budget.covers(pod))
        #expect(!budget.covers(ObjectMeta(name: "p", namespace: "other", labels: ["app": "web"])))
        #expect(!budget.covers(ObjectMeta(name: "p", namespace: "default", labels: ["app": "db"])))
        budget.spec.selector = LabelSelector()
        #expect(budget.covers(ObjectMeta(name: "p", namespace: "default")))
        budget.spec.selector = nil
        #expect(!budget.covers(pod))
    }

    @Test func takingCountsDownToTheLast() throws {
        var budget = Self.sample
        budget.metadata.generation = 3
        budget.status = PodDisruptionBudgetStatus(
            observedGeneration: 3, disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3)
        try budget.takeDisruption(of: "a", now: Time(seconds: 7))
        #expect(budget.status.disruptedPods == ["a": Time(seconds: 7)])
        #expect(budget.status.disruptionsAllowed == 0)
        #expect(budget.status.conditions?.first?.reason == "InsufficientPods")
        let error = try #require(throws: APIError.self) { try budget.takeDisruption(of: "b", now: Time(seconds: 8)) }
        #expect(error.code == 429)
        #expect(error.reason == "TooManyRequests")
        #expect("\(error)" == "Cannot evict pod as it would violate the pod's disruption budget.")
        #expect(
            error.status.details?.causes == [
                .init(
                    reason: "DisruptionBudget",
                    message: "The disruption budget web needs 2 healthy pods and has 3 currently")
            ])
    }

    @Test("What the controller has not seen, has failed at or left unconfirmed allows nothing")
    func allowsNothing() throws {
        func refusal(_ change: (inout PodDisruptionBudget) -> Void) throws -> (code: Int, cause: String?) {
            var budget = Self.sample
            budget.metadata.generation = 1
            budget.status = PodDisruptionBudgetStatus(observedGeneration: 1, disruptionsAllowed: 1)
            change(&budget)
            let error = try #require(throws: APIError.self) {
                try budget.takeDisruption(of: "a", now: Time(seconds: 7))
            }
            return (error.code, error.status.details?.causes?.first?.message)
        }
        let changed = try refusal { $0.metadata.generation = 2 }
        #expect(changed.code == 429)
        #expect(changed.cause == "The disruption budget web is still being processed by the server.")
        let failed = try refusal { $0.status.fail("no such owner", generation: 1, now: Time(seconds: 1)) }
        #expect(failed.code == 429)
        #expect(
            failed.cause
                == "The disruption budget web does not allow evicting pods currently because it failed sync: no such owner"
        )
        #expect(try refusal { $0.status.disruptionsAllowed = -1 }.code == 403)
        let many = Dictionary(uniqueKeysWithValues: (0...2000).map { ("p\($0)", Time(seconds: 1)) })
        #expect(try refusal { $0.status.disruptedPods = many }.code == 403)
    }
}
