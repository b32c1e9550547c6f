import KubernetesAPI
import Testing

@testable import Node

struct PodStatusTests {
    private func status(_ name: String = "a", running: Bool = false, code: Int32? = nil, last: Int32? = nil)
        -> ContainerStatus
    {
        var status = ContainerStatus(name: name, ready: running, restartCount: 0, image: "", imageID: "")
        if running { status.state.running = .init() }
        if let code { status.state.terminated = .init(exitCode: code) }
        if !running, code == nil { status.state.waiting = .init(reason: "x") }
        if let last { status.lastState.terminated = .init(exitCode: last) }
        return status
    }

    @Test func phases() {
        func phase(
            _ apps: [ContainerStatus], inits: [ContainerStatus] = [], _ policy: String = "Always", ends: Bool = false
        ) -> String {
            PodPhase.phase(inits: inits, apps: apps, policy: policy, ends: ends)
        }
        #expect(phase([status()]) == "Pending")
        #expect(phase([status(running: true)]) == "Running")
        #expect(phase([status(running: true), status()]) == "Pending")
        #expect(phase([status(code: 0)]) == "Running", "Always starts it again")
        #expect(phase([status(last: 1)]) == "Running", "in back-off")
        #expect(phase([status(code: 0)], "OnFailure") == "Succeeded")
        #expect(phase([status(code: 1)], "OnFailure") == "Running")
        #expect(phase([status(code: 0), status(code: 1)], "Never") == "Failed")
        #expect(phase([status(code: 0), status(running: true)], "Never") == "Running")
        #expect(phase([status(code: 0)], ends: true) == "Succeeded")
        #expect(phase([status(code: 143)], ends: true) == "Failed")
        #expect(phase([status()], inits: [status(code: 1)], "Never") == "Failed")
        #expect(phase([status()], inits: [status(code: 1)]) == "Pending")
        #expect(phase([status()], inits: [status(running: true)]) == "Pending")
    }

    @Test func conditionsKeepTheirTimesAndOthersConditions() {
        let old = [
            PodCondition(type: "Ready", status: "False", lastTransitionTime: Time(seconds: 1)),
            PodCondition(type: "Initialized", status: "True", lastTransitionTime: Time(seconds: 1)),
            PodCondition(type: "foreign", status: "True"),
        ]
        let conditions = PodConditions.conditions(
            previous: old, inits: [], apps: [status(running: true)], phase: "Running", sandboxReady: true,
            now: Time(seconds: 9))
        func condition(_ type: String) -> PodCondition? { conditions.first { $0.type == type } }
        #expect(condition("Ready")?.lastTransitionTime == Time(seconds: 9))
        #expect(condition("Initialized")?.lastTransitionTime == Time(seconds: 1))
        #expect(condition("foreign") != nil && conditions.count == 6)
    }

    @Test func qualityOfService() {
        func spec(_ limits: [String: Quantity]?, _ requests: [String: Quantity]?) -> PodSpec {
            var web = Container(name: "web")
            web.resources = ResourceRequirements(limits: limits, requests: requests)
            return PodSpec(containers: [web])
        }
        let both = ["cpu": Quantity(1), "memory": Quantity(1)]
        #expect(QualityOfService.of(spec(nil, nil)) == "BestEffort")
        #expect(QualityOfService.of(spec(both, nil)) == "Guaranteed")
        #expect(QualityOfService.of(spec(both, both)) == "Guaranteed")
        #expect(QualityOfService.of(spec(nil, both)) == "Burstable")
        #expect(QualityOfService.of(spec(["cpu": Quantity(1)], nil)) == "Burstable")
    }

    @Test func nodeConditions() {
        let good = NodeConditions.conditions(NodeFindings(), previous: [], now: Time(seconds: 5))
        #expect(good.filter { $0.status == "True" }.map(\.type) == ["Ready"])
        #expect(good.first { $0.type == "Ready" }?.message == "kubelet is posting ready status")
        var findings = NodeFindings()
        findings.availableMemory = 1
        findings.storage = 100 << 30
        findings.availableStorage = 1 << 30
        findings.notReady = "the holder is gone"
        findings.forwardBlockers = ["table ip filter"]
        findings.peerProblems = ["node b: no way", "node c: none either"]
        let bad = NodeConditions.conditions(findings, previous: good, now: Time(seconds: 6))
        #expect(
            bad.filter { $0.status == "True" }.map(\.type) == [
                "MemoryPressure", "DiskPressure", "PodTrafficBlocked", "PeerPodsUnreachable",
            ])
        #expect(
            bad.first { $0.type == "PeerPodsUnreachable" }?.message == "node b: no way; node c: none either")
        #expect(bad.first { $0.type == "Ready" }?.message == "the holder is gone")
        #expect(bad.first { $0.type == "PIDPressure" }?.lastTransitionTime == Time(seconds: 5))
    }

    @Test func admission() {
        let admission = Admission(allocatable: ["cpu": Quantity(1), "memory": Quantity(100), "pods": Quantity(2)])
        func pod(_ name: String, cpu: Int64, port: Int32? = nil) -> Pod {
            var web = Container(name: "web")
            web.resources = ResourceRequirements(requests: ["cpu": Quantity(milli: cpu)])
            if let port { web.ports = [ContainerPort(hostPort: port, containerPort: port)] }
            return makePod(name, containers: [web]) { $0.spec.hostNetwork = port != nil }
        }
        #expect(admission.admit(pod("a", cpu: 600, port: 80), unconditionally: false) == nil)
        #expect(admission.admit(pod("a", cpu: 600, port: 80), unconditionally: false) == nil, "twice is once")
        let refusal = admission.admit(pod("b", cpu: 500), unconditionally: false)
        #expect(refusal?.reason == "OutOfcpu")
        #expect(
            refusal?.message
                == "Pod was rejected: Node didn't have enough resource: cpu, requested: 500, used: 600, capacity: 1000")
        #expect(admission.admit(pod("c", cpu: 1, port: 80), unconditionally: false)?.reason == "NodePorts")
        #expect(admission.admit(pod("d", cpu: 1), unconditionally: false) == nil)
        #expect(admission.admit(pod("e", cpu: 1), unconditionally: false)?.reason == "OutOfpods")
        admission.release("uid-a")
        #expect(admission.admit(pod("f", cpu: 500, port: 80), unconditionally: false) == nil)
    }
}
