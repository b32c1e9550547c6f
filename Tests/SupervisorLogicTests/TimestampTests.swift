import Testing

@testable import SupervisorLogic

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (951_782_400_000_000_001, "2000-02-29T00:00:00.000000001Z"),
            (1_795_368_600_123_456_789, "2026-11-22T17:30:00.123456789Z"),
            (4_107_542_399_999_999_999, "2100-02-28T23:59:59.999999999Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000000Z"),
            (-5, "1970-01-01T00:00:00.000000000Z"),
        ] as [(Int64, String)])
    func writesUTC(nanoseconds: Int64, text: String) {
        var bytes: [UInt8] = []
        Timestamp.append(nanoseconds: nanoseconds, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test func namesRotatedFiles() {
        var bytes: [UInt8] = []
        Timestamp.appendSuffix(nanoseconds: 1_795_368_600_123_456_789, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "20261122-173000.123456789")
    }
}
