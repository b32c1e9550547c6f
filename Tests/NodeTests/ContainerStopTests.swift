import KubernetesAPI
import Testing

@testable import Node

struct ContainerStopTests {
    private let start = MicroTime(microseconds: 0)
    private func at(_ seconds: Double) -> MicroTime { MicroTime(microseconds: Int64(seconds * 1_000_000)) }

    @Test func signalGraceKill() {
        var stop = ContainerStop(hasHook: false, grace: .seconds(30), at: start)
        #expect(stop.due(at: start) == .signal)
        #expect(stop.due(at: at(29)) == nil)
        #expect(stop.wake == at(30))
        #expect(stop.due(at: at(30)) == .kill)
        #expect(stop.due(at: at(31)) == nil)
        #expect(stop.wake == nil)
    }

    @Test func theHookCountsInsideTheGrace() {
        var stop = ContainerStop(hasHook: true, grace: .seconds(30), at: start)
        #expect(stop.due(at: at(10)) == nil)
        stop.hookFinished()
        #expect(stop.due(at: at(10)) == .signal)
        #expect(stop.deadline == at(30))
    }

    @Test func aHookThatUsesItAllUpLeavesTwoSeconds() {
        var stop = ContainerStop(hasHook: true, grace: .seconds(30), at: start)
        #expect(stop.due(at: at(30)) == .signal)
        #expect(stop.deadline == at(32))
    }

    @Test func aGraceOfZeroSkipsTheHook() {
        var stop = ContainerStop(hasHook: true, grace: .zero, at: start)
        #expect(stop.due(at: start) == .signal)
        #expect(stop.due(at: at(1)) == .kill)
    }

    @Test func onlyAShorterWishCounts() {
        var stop = ContainerStop(hasHook: false, grace: .seconds(30), at: start)
        stop.shorten(to: at(60))
        #expect(stop.deadline == at(30))
        stop.shorten(to: at(5))
        #expect(stop.deadline == at(5))
    }
}
