import Glibc
import Testing

@testable import Linux

@Suite struct HeapTrimTests {
    @Test func isDueAfterGrowthAlone() throws {
        var heap = HeapTrim()
        #expect(!heap.isDue(resident: HeapTrim.step - 1))
        #expect(heap.isDue(resident: HeapTrim.step))
        try heap.lookAndTrim()
        let now = try HostFacts.ownResidentBytes()
        #expect(now > 1 << 20)
        #expect(!heap.isDue(resident: min(now, HeapTrim.step - 1)))
    }

    /// What was freed between things that stay is what the allocator keeps.
    @Test func givesFreePagesBack() throws {
        let pieces = (0..<4000).compactMap { _ in malloc(32 << 10) }
        for piece in pieces { memset(piece, 1, 32 << 10) }
        for index in pieces.indices where index % 2 == 0 { free(pieces[index]) }
        defer { for index in pieces.indices where index % 2 == 1 { free(pieces[index]) } }
        let before = try HostFacts.ownResidentBytes()
        var heap = HeapTrim()
        try heap.lookAndTrim()
        let after = try HostFacts.ownResidentBytes()
        // Half of it, for the sake of tests that run beside this one.
        #expect(after <= before - (30 << 20), "\(before) \(after)")
    }
}
