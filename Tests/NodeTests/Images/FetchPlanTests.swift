import Testing

@testable import Node

/// The deciding half of a fetch, with sources that fail, lie and stall as a seed says.
@Suite struct FetchPlanTests {
    @Test func eachPieceIsAskedForOnceWhileAllGoesWell() {
        var plan = FetchPlan(pieces: 9, sources: ["a", "b"])
        var asked: [String: [Int]] = [:]
        while plan.outcome == .running {
            for request in plan.next() { asked[request.source, default: []].append(request.piece) }
            // Both are equally quick.
            for request in plan.inFlight.sorted(by: { ($0.piece, $0.source) < ($1.piece, $1.source) }).prefix(1) {
                #expect(plan.inFlight.count <= FetchPlan.together)
                _ = plan.arrived(request)
            }
        }
        #expect(plan.outcome == .complete)
        #expect(asked.values.joined().count <= 10, "\(asked)")
        #expect(Set(asked.values.joined()) == Set(0..<9))
        #expect((asked["a"]?.count ?? 0) >= 3 && (asked["b"]?.count ?? 0) >= 3, "both are used: \(asked)")
    }

    @Test func aLiarIsNotAskedAgain() {
        var plan = FetchPlan(pieces: 4, sources: ["liar", "honest"])
        for request in plan.next() where request.source == "liar" { plan.failed(request, .lied, "false") }
        var sources: Set<String> = []
        while plan.outcome == .running {
            sources.formUnion(plan.next().map(\.source))
            for request in plan.inFlight { _ = plan.arrived(request) }
        }
        #expect(sources == ["honest"])
        #expect(plan.outcome == .complete)
        #expect(plan.reasons == ["liar": "false"])
    }

    @Test func aStalledSourceDoesNotHoldTheEndUp() {
        var plan = FetchPlan(pieces: 6, sources: ["stalled", "quick"])
        for _ in 0..<100 where plan.outcome == .running {
            _ = plan.next()
            for request in plan.inFlight where request.source == "quick" { _ = plan.arrived(request) }
        }
        #expect(plan.outcome == .complete)
    }

    @Test func twoFailuresInARowDropTheLastSource() {
        var plan = FetchPlan(pieces: 8, sources: ["a"])
        let first = plan.next()
        plan.failed(first[0], .failed, "cut")
        _ = plan.arrived(first[1])
        #expect(plan.outcome == .running)
        for request in plan.next() { plan.failed(request, .failed, "gone") }
        #expect(plan.outcome == .failed)
        #expect(plan.reasons == ["a": "gone"])
        #expect(plan.next() == [])
    }

    /// Whatever happens: it ends, complete when one source is good; no piece is taken twice; bounds are kept.
    @Test(arguments: 0..<300) func alwaysEnds(_ number: Int) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let names = (0..<Int.random(in: 1...5, using: &generator)).map { "s\($0)" }
        let pieces = Int.random(in: 1...40, using: &generator)
        // How often, of 10, each fails or lies; the first may be sound.
        var faults = Dictionary(uniqueKeysWithValues: names.map { ($0, Int.random(in: 0...10, using: &generator)) })
        let sound = Bool.random(using: &generator)
        if sound { faults["s0"] = 0 }
        var plan = FetchPlan(pieces: pieces, sources: names)
        var taken: Set<Int> = []
        var steps = 0
        while plan.outcome == .running {
            steps += 1
            guard steps < 10_000 else {
                Issue.record("seed \(seed): does not end")
                return
            }
            _ = plan.next()
            let flying = plan.inFlight.sorted { ($0.source, $0.piece) < ($1.source, $1.piece) }
            #expect(flying.count <= FetchPlan.together, "seed \(seed)")
            for name in names {
                #expect(flying.count { $0.source == name } <= FetchPlan.perSource, "seed \(seed)")
            }
            guard let request = flying.randomElement(using: &generator) else {
                Issue.record("seed \(seed): running, and nothing is asked for")
                return
            }
            if Int.random(in: 0..<10, using: &generator) < faults[request.source]! {
                plan.failed(request, Int.random(in: 0..<5, using: &generator) == 0 ? .lied : .failed, "no")
            } else if plan.arrived(request) {
                #expect(taken.insert(request.piece).inserted, "seed \(seed)")
            }
        }
        #expect(plan.outcome == .complete || !sound, "seed \(seed)")
        #expect((plan.outcome == .complete) == (taken.count == pieces), "seed \(seed)")
    }
}
