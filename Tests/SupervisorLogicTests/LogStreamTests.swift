import Testing

@testable import SupervisorLogic

/// Output cut into records.
@Suite struct LogStreamTests {
    /// The records without their times: `stdout F text`.
    private func records(_ chunks: [[UInt8]], finish: Bool = true) -> [String] {
        var stream = LogStream(.stdout)
        var bytes: [UInt8] = []
        for chunk in chunks { chunk.withUnsafeBytes { stream.take($0, at: 0, records: &bytes) } }
        if finish { stream.finish(at: 0, records: &bytes) }
        #expect(bytes.isEmpty || bytes.last == 0x0a)
        return bytes.split(separator: 0x0a).map { String(decoding: $0.dropFirst(31), as: UTF8.self) }
    }

    private func text(_ value: String) -> [UInt8] { Array(value.utf8) }

    @Test func linesAreRecords() {
        #expect(records([text("a\nbc\n\nd\n")]) == ["stdout F a", "stdout F bc", "stdout F ", "stdout F d"])
        #expect(records([text("a"), text("b"), text("c\nd")]) == ["stdout F abc", "stdout F d"])
        #expect(records([text("held back")], finish: false) == [])
        #expect(records([]) == [])
    }

    @Test func timesStandBeforeThem() {
        var stream = LogStream(.stderr)
        var bytes: [UInt8] = []
        text("x\n").withUnsafeBytes { stream.take($0, at: 1_795_368_600_123_456_789, records: &bytes) }
        #expect(String(decoding: bytes, as: UTF8.self) == "2026-11-22T17:30:00.123456789Z stderr F x\n")
    }

    @Test func longLinesAreCutAndJoin() {
        for length in [16383, 16384, 16385, 32768, 40000] {
            for piece in [1, 1000, 16384, 50000] {
                let line = (0..<length).map { UInt8(0x61 + $0 % 26) }
                let all = line + [0x0a]
                let chunks = stride(from: 0, to: all.count, by: piece).map {
                    Array(all[$0..<min($0 + piece, all.count)])
                }
                let found = records(chunks)
                #expect(found.dropLast().allSatisfy { $0.hasPrefix("stdout P ") && $0.utf8.count == 9 + 16384 })
                #expect(found.last?.hasPrefix("stdout F ") == true)
                #expect(found.map { $0.dropFirst(9) }.joined() == String(decoding: line, as: UTF8.self))
            }
        }
    }

    /// However it is cut, the same text comes out.
    @Test func piecesDoNotMatter() {
        var generator = SeededGenerator(state: 3)
        for _ in 0..<200 {
            let all = (0..<Int.random(in: 0...2000, using: &generator)).map { _ -> UInt8 in
                Int.random(in: 0...9, using: &generator) == 0 ? 0x0a : .random(in: 0x20...0x7e, using: &generator)
            }
            var chunks: [[UInt8]] = []
            var rest = all[...]
            while !rest.isEmpty {
                let count = min(Int.random(in: 1...200, using: &generator), rest.count)
                chunks.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(records(chunks) == records([all]))
        }
    }
}
