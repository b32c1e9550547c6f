import KubernetesAPI
import Testing

@testable import Node

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
}
