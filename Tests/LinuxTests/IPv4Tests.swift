import Testing

@testable import Linux

@Suite struct IPv4Tests {
    @Test(arguments: ["0.0.0.0", "10.42.0.1", "255.255.255.255"]) func readsAndWrites(text: String) {
        #expect(IPv4Address(text)?.description == text)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "1.2.3.+4", "1.2.3.4 ", "a.b.c.d"])
    func refuses(text: String) { #expect(IPv4Address(text) == nil) }

    @Test func ranges() throws {
        let range = try #require(IPv4Range("10.42.0.0/24"))
        #expect(range.contains(IPv4Address("10.42.0.255")!) && !range.contains(IPv4Address("10.42.1.0")!))
        #expect(range.broadcast.description == "10.42.0.255" && range.count == 256)
        #expect(IPv4Range.all.contains(IPv4Address("9.9.9.9")!) && IPv4Range.all.count == 1 << 32)
        #expect(IPv4Range.host(range.network).count == 1)
    }

    @Test(arguments: [
        "10.42.0.1/24", "10.42.0.0", "10.42.0.0/33", "10.42.0.0/-1", "10.42.0.0/+8", "10.42.0.0/024", "/8",
    ])
    func refusesRanges(text: String) { #expect(IPv4Range(text) == nil) }
}
