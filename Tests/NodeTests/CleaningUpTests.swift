import Client
import KubernetesAPI
import Synchronization
import Testing

@testable import Node

/// Takes every write.
private struct EveryPod: PodAPI {
    func get(_ name: ObjectName) async throws -> Pod { throw APIError.notFound(Pod.resource, name.name) }
    func updateStatus(_ pod: Pod) async throws -> Pod { pod }
    func remove(_ name: ObjectName, uid: String) async throws {}
}

/// A node that returns ends what was replaced meanwhile before it starts anything new.
@Suite struct CleaningUpTests {
    @Test func newPodsWaitForTheLastOfThoseThatMustEnd() {
        var cleaning = CleaningUp()
        var waits = cleaning.holds(makePod("early"))
        #expect(!waits, "nothing to wait for")
        cleaning.mustEnd("old-1")
        cleaning.mustEnd("old-2")
        for name in ["b", "a", "c"] {
            waits = cleaning.holds(makePod(name))
            #expect(waits)
        }
        _ = cleaning.holds(makePod("b") { $0.metadata.labels = ["new": "yes"] })
        cleaning.forget("uid-c")
        for (uid, names) in [("old-1", []), ("somebody", []), ("old-2", ["a", "b"]), ("old-2", [])] {
            let released = cleaning.ended(uid)
            #expect(released.map(\.metadata.name) == names, "one that was deleted meanwhile never starts")
            #expect(released.allSatisfy { $0.metadata.name != "b" || $0.metadata.labels != nil }, "in its newest form")
        }
        waits = cleaning.holds(makePod("late"))
        #expect(!waits)
    }

    @Test func onlyAPodWhoseGraceIsLongOverHoldsUpOthers() {
        let now = MicroTime(microseconds: 1_800_000_000_000_000)
        func overdue(_ end: Int64?, grace: Int64? = 30) -> Bool {
            CleaningUp.isOverdue(
                makePod {
                    $0.metadata.deletionTimestamp = end.map { now.time + $0 }
                    $0.metadata.deletionGracePeriodSeconds = grace
                }, at: now)
        }
        #expect(!overdue(nil))
        #expect(!overdue(20), "a rolling update is going on")
        #expect(!overdue(-1))
        #expect(overdue(-2))
        #expect(!overdue(-2, grace: 0))
    }

    /// A pod that was deleted with force leaves processes for a second; a new one beside it.
    private func startsAtOnce(away: Duration) async throws -> Bool {
        let harness = try await WorkerHarness(makePod("old"))
        var services = harness.services
        services.pods = EveryPod()
        let workers = PodWorkers(services)
        harness.runtime.state.withLock { state in
            state.deliver = workers.handle
            state.stubborn = true
        }
        workers.changed(nil, makePod("first"))
        try await harness.until("the first runs") { !harness.runtime.running("uid-first").isEmpty }
        harness.clock.advance(to: harness.clock.now() + away)
        workers.changed(makePod("first"), nil)
        workers.changed(nil, makePod("second"))
        for _ in 0..<10 { await harness.quiet() }
        let started = !harness.runtime.running("uid-second").isEmpty
        try await harness.until("it runs in the end", passing: true) {
            !harness.runtime.running("uid-second").isEmpty && harness.runtime.running("uid-first").isEmpty
        }
        await workers.stop()
        return started
    }

    @Test func onlyANodeThatWasAwayLetsNewPodsWait() async throws {
        #expect(try await startsAtOnce(away: .zero))
        #expect(try await !startsAtOnce(away: .seconds(31)), "three heartbeats of 10 s without an answer")
    }

    @Test func aNodeIsReturningForAWhileAfterItsHeartbeatIsHeardAgain() {
        let start = MicroTime(microseconds: 1_800_000_000_000_000)
        var contact = ServerContact.State(at: start, interval: .seconds(1))
        func returning(_ seconds: Int64) -> Bool { contact.isReturning(at: start + .seconds(seconds)) }
        #expect(!returning(3))
        #expect(returning(4))
        contact.renewed(at: start + .seconds(3), interval: .seconds(1))
        #expect(!returning(6))
        contact.renewed(at: start + .seconds(10), interval: .seconds(1))
        contact.renewed(at: start + .seconds(11), interval: .seconds(50))
        #expect(returning(39))
        #expect(!returning(40))
    }
}
