import KubernetesAPI
import Testing

@testable import Node

struct ProbeScheduleTests {
    private let start = MicroTime(microseconds: 0)

    private func schedule(
        _ kind: ProbeSchedule.Kind, delay: Int = 0, period: Int = 10, success: Int = 1, failure: Int = 3,
        initial: Bool? = nil
    ) -> ProbeSchedule {
        ProbeSchedule(
            kind: kind,
            timing: .init(
                initialDelay: .seconds(delay), period: .seconds(period), successThreshold: success,
                failureThreshold: failure), start: start, initial: initial)
    }

    @Test func readinessIsTriedAtOnceAndQuicklyUntilItsFirstSuccess() {
        var s = schedule(.readiness)
        #expect(s.next == start)
        var tries = 0
        // A server that listens after 80 ms.
        while s.result != true {
            let now = s.next
            _ = s.record(success: now.microseconds >= 80_000, at: now)
            tries += 1
        }
        #expect(s.next == MicroTime(microseconds: 10_000_000), "after the first success on the beat alone")
        #expect(tries == 5)
    }

    @Test func failuresBetweenBeatsAreNeitherCountedNorTold() {
        var s = schedule(.startup, failure: 2)
        let first = s.record(success: false, at: s.next)
        #expect(first, "the first try is on a beat")
        for _ in 0..<8 {
            guard s.next < MicroTime(microseconds: 10_000_000) else { break }
            let told = s.record(success: false, at: s.next)
            #expect(!told)
            #expect(s.result == nil && !s.finished)
        }
        while s.next < MicroTime(microseconds: 10_000_000) { _ = s.record(success: false, at: s.next) }
        let told = s.record(success: false, at: s.next)
        #expect(told)
        #expect(s.result == false && s.finished)
    }

    @Test func anInitialDelayMeansNoQuickTries() {
        var s = schedule(.readiness, delay: 5)
        #expect(s.next == MicroTime(microseconds: 5_000_000))
        _ = s.record(success: false, at: s.next)
        #expect(s.next == MicroTime(microseconds: 15_000_000))
    }

    @Test func livenessFailsAfterItsThresholdInARow() {
        var s = schedule(.liveness, initial: true)
        for success in [false, false, true, false, false] {
            _ = s.record(success: success, at: s.next)
            #expect(s.result == true && !s.finished)
        }
        _ = s.record(success: false, at: s.next)
        #expect(s.result == false && s.finished)
        #expect(s.next == MicroTime(microseconds: 60_000_000))
    }

    @Test func severalSuccessesAreNeededWhenAskedFor() {
        var s = schedule(.readiness, success: 3)
        for expected in [nil, nil, true] as [Bool?] {
            _ = s.record(success: true, at: s.next)
            #expect(s.result == expected)
        }
        #expect(s.next == MicroTime(microseconds: 30_000_000), "successes are counted on beats")
    }

    @Test func readinessTurnsAndTurnsBack() {
        var s = schedule(.readiness, failure: 2)
        _ = s.record(success: true, at: s.next)
        _ = s.record(success: false, at: s.next)
        #expect(s.result == true)
        _ = s.record(success: false, at: s.next)
        #expect(s.result == false && !s.finished)
        _ = s.record(success: true, at: s.next)
        #expect(s.result == true)
    }

    @Test func aSlowTrySkipsTheBeatsItMissed() {
        var s = schedule(.liveness, period: 1)
        _ = s.record(success: true, at: MicroTime(microseconds: 3_500_000))
        #expect(s.next == MicroTime(microseconds: 4_000_000))
    }
}
