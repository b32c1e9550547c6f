import Testing

@testable import Node

struct PodStateTests {
    @Test func goesUpAndDown() {
        var facts = PodFacts()
        #expect(PodState.pending.next(facts) == .pending)
        facts.prepared = true
        #expect(PodState.pending.next(facts) == .starting)
        facts.started = true
        facts.alive = 1
        #expect(PodState.starting.next(facts) == .running)
        facts.stop = .deleted
        #expect(PodState.running.next(facts) == .draining)
        #expect(PodState.draining.next(facts) == .terminating)
        #expect(PodState.terminating.next(facts) == .terminating)
        facts.alive = 0
        #expect(PodState.terminating.next(facts) == .terminated)
        #expect(PodState.terminated.next(facts) == .terminated)
        facts.released = true
        facts.gone = true
        #expect(PodState.terminated.next(facts) == .terminated, "the last status is not written")
        facts.finalStatusWritten = true
        #expect(PodState.terminated.next(facts) == .removed)
    }

    @Test func drainingWaitsForWhoeverLeadsConnectionsAway() {
        var facts = PodFacts(stop: .deleted, drained: false, alive: 1)
        #expect(PodState.draining.next(facts) == .draining)
        facts.alive = 0
        #expect(PodState.draining.next(facts) == .terminating, "nothing serves any more")
    }

    @Test func aLostSandboxLeadsBack() {
        let facts = PodFacts(prepared: false, started: true)
        #expect(PodState.running.next(facts) == .pending)
    }

    /// From any state, under any facts in any order: what is to stop never starts again, nothing is skipped on the way out.
    @Test func onceStoppingNothingLeadsBack() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            var state = PodState.allCases.randomElement(using: &generator)!
            for _ in 0..<20 {
                let facts = PodFacts(
                    stop: Bool.random(using: &generator) ? .deleted : nil, prepared: .random(using: &generator),
                    started: .random(using: &generator), drained: .random(using: &generator),
                    alive: .random(in: 0...2, using: &generator), finalStatusWritten: .random(using: &generator),
                    released: .random(using: &generator), gone: .random(using: &generator))
                let next = state.next(facts)
                if state >= .draining {
                    #expect(next >= state && !next.mayStart)
                    if next > state {
                        let order: [PodState] = [.draining, .terminating, .terminated, .removed]
                        #expect(order.firstIndex(of: next)! == order.firstIndex(of: state)! + 1)
                    }
                    if next >= .terminated, state < .terminated { #expect(facts.alive == 0) }
                } else {
                    #expect(next <= .draining)
                    if next == .draining { #expect(facts.stop != nil) }
                }
                state = next
            }
        }
    }
}
