import KubernetesAPI
import Testing

@testable import Scheduler

@Suite struct SchedulingQueueTests {
    private let start = MicroTime(microseconds: 1_800_000_000_000_000)
    private func later(_ seconds: Double) -> MicroTime {
        MicroTime(microseconds: start.microseconds + Int64(seconds * 1_000_000))
    }

    private func popped(_ queue: inout SchedulingQueue, _ now: MicroTime) throws -> SchedulingQueue.Entry {
        let entry = queue.pop(now: now)
        return try #require(entry)
    }

    @Test func byPriorityThenAge() {
        var queue = SchedulingQueue()
        queue.add(pod("old"), now: start)
        queue.add(pod("young"), now: later(1))
        var urgent = pod("urgent")
        urgent.spec.priority = 10
        queue.add(urgent, now: later(2))
        let step1 = queue.pop(now: later(3))
        #expect(step1?.name.name == "urgent")
        let step2 = queue.pop(now: later(3))
        #expect(step2?.name.name == "old")
        let step3 = queue.pop(now: later(3))
        #expect(step3?.name.name == "young")
        let step4 = queue.pop(now: later(3))
        #expect(step4 == nil)
    }

    @Test func waitsForTheChangeThatHelps() throws {
        var queue = SchedulingQueue()
        queue.add(pod(), now: start)
        let entry = try popped(&queue, start)
        queue.wait(entry, PodTraits(pod()), for: .init(causes: [.room]), now: start)
        queue.move(.claims)
        let step5 = queue.pop(now: start)
        #expect(step5 == nil)
        queue.move(.room)
        // In back-off, but nobody else is there: at once.
        let step6 = queue.pop(now: start)
        #expect(step6?.name.name == "web")
    }

    @Test func aChangeDuringTheTryIsNotLost() throws {
        var queue = SchedulingQueue()
        queue.add(pod(), now: start)
        let entry = try popped(&queue, start)
        queue.move(.room)
        queue.wait(entry, PodTraits(pod()), for: .init(causes: [.room]), now: start)
        let step7 = queue.pop(now: start)
        #expect(step7 != nil)
    }

    @Test func thoseInBackOffLetOthersGoFirst() throws {
        var queue = SchedulingQueue()
        var urgent = pod("urgent")
        urgent.spec.priority = 10
        queue.add(urgent, now: start)
        let entry = try popped(&queue, start)
        queue.wait(entry, PodTraits(pod()), for: .init(causes: [.room]), now: start)
        queue.add(pod("other"), now: start)
        queue.move(.room)
        let step8 = queue.pop(now: later(0.5))
        #expect(step8?.name.name == "other")
        let step9 = queue.pop(now: later(0.5))
        #expect(step9?.name.name == "urgent")
    }

    @Test func errorsWaitOutTheirBackOff() throws {
        var queue = SchedulingQueue()
        queue.add(pod(), now: start)
        let entry = try popped(&queue, start)
        queue.fail(entry, now: start)
        let step10 = queue.pop(now: later(0.9))
        #expect(step10 == nil)
        #expect(queue.nextFailureRetry == later(1))
        let again = try popped(&queue, later(1))
        queue.fail(again, now: later(1))
        let step11 = queue.pop(now: later(2.9))
        #expect(step11 == nil)
        let step12 = queue.pop(now: later(3))
        #expect(step12 != nil)
    }

    @Test func aGonePodIsForgotten() throws {
        var queue = SchedulingQueue()
        queue.add(pod(), now: start)
        let entry = try popped(&queue, start)
        queue.remove(uid: entry.uid)
        queue.wait(entry, PodTraits(pod()), for: .init(causes: [.room]), now: start)
        queue.move(.room)
        let step13 = queue.pop(now: start)
        #expect(step13 == nil)
        #expect(queue.waitingCount == 0)
    }

    @Test func nothingWaitsForEver() throws {
        var queue = SchedulingQueue()
        queue.add(pod(), now: start)
        let entry = try popped(&queue, start)
        queue.wait(entry, PodTraits(pod()), for: .init(causes: [.node]), now: start)
        queue.moveOverdue(now: later(299))
        let step14 = queue.pop(now: later(299))
        #expect(step14 == nil)
        queue.moveOverdue(now: later(300))
        let step15 = queue.pop(now: later(300))
        #expect(step15 != nil)
    }
}
