import KubernetesAPI
import Testing

@testable import Node

struct PodPlanTests {
    private let now = MicroTime(microseconds: 1_000_000_000)

    private func record(_ name: String, isInit: Bool = false, code: Int32? = nil, runs: Bool = false, ends: Int = 1)
        -> ContainerRecord
    {
        var record = ContainerRecord(name: name, isInit: isInit)
        guard code != nil || runs else { return record }
        record.run = .init(id: "\(name)-0", startedAt: now)
        if let code {
            record.backoff = RestartBackoff(restarts: ends - 1)
            record.end(.init(id: "\(name)-0", exitCode: code, reason: "", startedAt: now, finishedAt: now))
        }
        return record
    }

    @Test func initContainersComeFirstAndOneByOne() {
        let web = record("web")
        #expect(
            PodPlan(records: [record("a", isInit: true), record("b", isInit: true), web], policy: "Always", now: now)
                .start == ["a"])
        #expect(PodPlan(records: [record("a", isInit: true, runs: true), web], policy: "Always", now: now).start == [])
        #expect(
            PodPlan(
                records: [record("a", isInit: true, code: 0), record("b", isInit: true), web], policy: "Always",
                now: now
            )
            .start == ["b"])
        #expect(
            PodPlan(records: [record("a", isInit: true, code: 0), web], policy: "Always", now: now).start == ["web"])
        #expect(PodPlan(records: [record("a", isInit: true, code: 1), web], policy: "Always", now: now).start == ["a"])
        #expect(PodPlan(records: [record("a", isInit: true, code: 1), web], policy: "Never", now: now).isFinished)
    }

    @Test(
        arguments: [
            ("Always", 0, false), ("Always", 1, false), ("OnFailure", 0, true), ("OnFailure", 1, false),
            ("Never", 0, true),
            ("Never", 1, true),
        ] as [(String, Int32, Bool)])
    func policies(_ policy: String, _ code: Int32, _ finished: Bool) {
        let plan = PodPlan(records: [record("web", code: code)], policy: policy, now: now)
        #expect(plan.isFinished == finished)
        #expect(plan.start == (finished ? [] : ["web"]))
    }

    @Test func oneThatEndedForGoodDoesNotEndTheOthers() {
        let plan = PodPlan(records: [record("a", code: 0), record("b", runs: true)], policy: "OnFailure", now: now)
        #expect(!plan.isFinished && plan.start.isEmpty)
    }

    @Test func backOffIsWaitedOut() {
        let waiting = record("web", code: 1, ends: 3)
        let plan = PodPlan(records: [waiting], policy: "Always", now: now)
        #expect(plan.start.isEmpty && plan.backOff == ["web"] && plan.wake == now + .seconds(20))
        #expect(PodPlan(records: [waiting], policy: "Always", now: now + .seconds(20)).start == ["web"])
    }
}
