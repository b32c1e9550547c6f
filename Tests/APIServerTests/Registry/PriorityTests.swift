import KubernetesAPI
import Testing

@testable import APIServer

/// What a pod's class makes of it when it is created.
@Suite struct PriorityTests {
    private func pod(_ name: String, _ more: String = "") -> String {
        #"{"metadata":{"name":"\#(name)"},"spec":{"containers":[{"name":"c","image":"i:1"}]\#(more)}}"#
    }

    private func priorityClass(_ name: String, _ value: Int, _ more: String = "") -> String {
        #"{"metadata":{"name":"\#(name)"},"value":\#(value)\#(more)}"#
    }

    @Test func followsTheClass() async throws {
        let api = try await RegistryFixture()
        let plain = try await api.create(Pod.self, pod("plain"))
        #expect(plain["spec", "priority"] == 0)
        #expect(plain["spec", "preemptionPolicy"]?.string == "PreemptLowerPriority")
        #expect(plain["spec", "priorityClassName"] == nil)
        let made = try await api.send(
            .create, PriorityClass.self, body: priorityClass("high", 1000, #","preemptionPolicy":"Never""#))
        #expect(made.code == 201)
        // What others complete is given here, so that the replacement below differs in the priority alone.
        let given =
            #","priorityClassName":"high","serviceAccountName":"default","serviceAccount":"default""#
            + #","tolerations":[{"operator":"Exists"}]"#
        let high = try await api.create(Pod.self, pod("high", given))
        #expect(high["spec", "priority"] == 1000 && high["spec", "preemptionPolicy"]?.string == "Never")
        let critical = try await api.create(Pod.self, pod("node", #","priorityClassName":"system-node-critical""#))
        #expect(critical["spec", "priority"] == 2_000_001_000)
        let replaced = try await api.send(.update, Pod.self, "high", body: pod("high", given))
        #expect(replaced["spec", "priority"] == 1000, "\(replaced)")
    }

    @Test func refusesWhatDoesNotFollow() async throws {
        let api = try await RegistryFixture()
        let unknown = try await api.create(Pod.self, pod("p", #","priorityClassName":"none""#))
        #expect(unknown.code == 403)
        #expect(unknown.message == "pods \"p\" is forbidden: no PriorityClass with name none was found")
        let own = try await api.create(Pod.self, pod("p", #","priority":7"#))
        #expect(
            own.message
                == "pods \"p\" is forbidden: the integer value of priority (7) must not be provided in pod spec; "
                + "priority admission controller computed 0 from the given PriorityClass name")
        let never = try await api.create(Pod.self, pod("p", #","preemptionPolicy":"Never""#))
        #expect(never.code == 403 && never.message.contains("the string value of PreemptionPolicy (Never)"))
    }

    @Test func oneDefaultAtMost() async throws {
        let api = try await RegistryFixture()
        let isDefault = #","globalDefault":true"#
        #expect(try await api.send(.create, PriorityClass.self, body: priorityClass("a", 5, isDefault)).code == 201)
        let second = try await api.send(.create, PriorityClass.self, body: priorityClass("b", 6, isDefault))
        #expect(
            second.message
                == "priorityclasses.scheduling.k8s.io \"b\" is forbidden: PriorityClass a is already marked as default. "
                + "Only one default can exist")
        let pod = try await api.create(Pod.self, pod("p"))
        #expect(pod["spec", "priority"] == 5 && pod["spec", "priorityClassName"]?.string == "a")
        let again = try await api.send(.update, PriorityClass.self, "a", body: priorityClass("a", 5, isDefault))
        #expect(again.code == 200, "\(again)")
    }

    @Test func theSystemsStay() async throws {
        let api = try await RegistryFixture()
        #expect(
            try await api.send(.list, PriorityClass.self).names() == [
                "system-cluster-critical", "system-node-critical",
            ])
        let refused = try await api.send(.delete, PriorityClass.self, "system-node-critical")
        #expect(refused.code == 403)
        #expect(refused.message.hasSuffix("this is a system priority class and cannot be deleted"))
    }
}
