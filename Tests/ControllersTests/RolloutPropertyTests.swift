import Foundation
import Testing

@testable import Controllers

/// Thousands of random interleavings: the bounds of a rolling update and the number of pods hold at every step, and
/// everything comes to rest as the user last wanted it.
@Suite struct RolloutPropertyTests {
    /// `ROLLOUT_SEED=n` runs one seed alone and prints what happened; `ROLLOUT_RUNS=n` runs more.
    static let environment = ProcessInfo.processInfo.environment

    @Test(arguments: 0..<4)
    func boundsHoldAtEveryStep(part: UInt64) async throws {
        if let one = Self.environment["ROLLOUT_SEED"].flatMap({ UInt64($0) }) {
            if part == 0 { try await run(one, verbose: true) }
            return
        }
        let runs = Self.environment["ROLLOUT_RUNS"].flatMap { UInt64($0) } ?? 60
        var (steps, creations, deletions) = (0, 0, 0)
        for index in 0..<(runs / 4) {
            let done = try await run(part * 1_000_000 + index, verbose: false)
            steps += done.steps
            creations += done.checks.creations
            deletions += done.checks.deletions
        }
        print("seeds from \(part * 1_000_000): \(steps) steps, \(creations) creations, \(deletions) deletions checked")
        #expect(creations > 100 && deletions > 100)
    }

    @discardableResult
    private func run(_ seed: UInt64, verbose: Bool) async throws -> RolloutSimulation {
        let simulation = RolloutSimulation(seed: seed)
        do {
            try await withTaskExecutorPreference(SerialTaskExecutor()) { try await simulation.run(steps: 1500) }
        } catch {
            Issue.record("seed \(seed): \(error)\n\(simulation.trace.suffix(60).joined(separator: "\n"))")
        }
        if verbose { print(simulation.trace.joined(separator: "\n")) }
        return simulation
    }
}
