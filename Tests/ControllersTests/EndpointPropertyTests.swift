import Foundation
import Testing

@testable import Controllers

/// Random interleavings: however copies lag and calls fail, in the end the slices show exactly the pods.
@Suite struct EndpointPropertyTests {
    /// `ENDPOINT_SEED=n` runs one seed alone and prints what happened; `ENDPOINT_RUNS=n` runs more.
    static let environment = ProcessInfo.processInfo.environment

    @Test func slicesShowExactlyThePods() async throws {
        if let one = Self.environment["ENDPOINT_SEED"].flatMap({ UInt64($0) }) {
            return print(await run(one).trace.joined(separator: "\n"))
        }
        var writes = 0
        for seed in 0..<(Self.environment["ENDPOINT_RUNS"].flatMap { UInt64($0) } ?? 100) {
            writes += await run(seed).writes
        }
        #expect(writes > 1000)
    }

    private func run(_ seed: UInt64) async -> EndpointSimulation {
        let simulation = EndpointSimulation(seed: seed)
        do {
            try await withTaskExecutorPreference(SerialTaskExecutor()) { try await simulation.run(steps: 600) }
        } catch {
            Issue.record("seed \(seed): \(error)\n\(simulation.trace.suffix(40).joined(separator: "\n"))")
        }
        return simulation
    }
}
