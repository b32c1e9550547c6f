import Testing

@testable import KubernetesAPI

@Suite struct PriorityClassTests {
    static var sample: PriorityClass { PriorityClass(metadata: ObjectMeta(name: "high"), value: 1000) }

    @Test(arguments: [
        Spoiled<PriorityClass>("value: Forbidden: maximum allowed value of a user defined priority is 1000000000") {
            $0.value = 1_000_000_001
        },
        Spoiled(
            "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. "
                + "error: system-mine is not a known system priority class"
        ) { $0.metadata.name = "system-mine" },
        Spoiled(
            "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. "
                + "error: value of system-node-critical PriorityClass must be 2000001000"
        ) { $0.metadata.name = "system-node-critical" },
        Spoiled(
            "preemptionPolicy: Unsupported value: \"Always\": supported values: \"Never\", \"PreemptLowerPriority\""
        ) { $0.preemptionPolicy = "Always" },
    ])
    func refuses(_ spoiled: Spoiled<PriorityClass>) {
        #expect(Self.sample.errors(spoiled.spoil) == spoiled.expected)
    }

    @Test func valueAndPolicyStay() {
        var old = Self.sample
        old.metadata.resourceVersion = "1"
        old.applyDefaults()
        var new = old
        new.value = 5
        new.preemptionPolicy = "Never"
        new.description = "may change"
        #expect(
            new.validate(updating: old).map(\.description) == [
                "value: Invalid value: 5: field is immutable",
                "preemptionPolicy: Invalid value: \"Never\": field is immutable",
            ])
    }

    @Test func theSystemsAreAccepted() {
        for priority in PriorityClass.system { #expect(priority.validate(updating: nil).isEmpty) }
    }
}
