import Linux
import Testing

@testable import PodNetwork

@Suite struct NamesTests {
    @Test func interfaceNamesFitTheKernelAndTellTheInstance() {
        var generator = SplitMix(state: 1)
        let names = (0..<1000).map { _ in VethName.make(instance: "swiftlet_a", using: &generator) }
        #expect(names.allSatisfy { $0.utf8.count == 14 && $0.hasPrefix(VethName.prefix(instance: "swiftlet_a")) })
        #expect(Set(names).count == 1000)
        #expect(VethName.prefix(instance: "swiftlet_a") != VethName.prefix(instance: "swiftlet_b"))
    }

    @Test(arguments: ["swiftlet", "_a1", "A_b", "swiftlet-a.b"]) func tableNames(name: String) {
        #expect(MasqueradeTable.isValid(name))
    }

    @Test(arguments: ["", "1a", "a b", "a;flush ruleset", "-a", "a\"", "ä"]) func otherTableNames(name: String) {
        #expect(!MasqueradeTable.isValid(name))
    }

    @Test func theTableIsOneTransactionWhateverWasThere() throws {
        let table = MasqueradeTable(
            name: "t", podCIDR: try #require(IPv4Range("10.42.1.0/24")),
            clusterCIDR: try #require(IPv4Range("10.42.0.0/16")))
        #expect(table.setUp.hasPrefix("table ip t\ndelete table ip t\ntable ip t {\n"))
        #expect(table.setUp.contains("ip saddr 10.42.1.0/24 ip daddr != 10.42.0.0/16 masquerade fully-random"))
        #expect(table.tearDown == "table ip t\ndelete table ip t\n")
    }
}
