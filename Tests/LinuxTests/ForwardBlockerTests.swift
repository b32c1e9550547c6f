import Glibc
import Testing

@testable import Linux

/// Rulesets as nft lists them, made in network namespaces of their own.
@Suite(.enabled(if: getuid() == 0)) struct ForwardBlockerTests {
    private let range = IPv4Range("10.42.0.0/24")!

    private func blockers(_ commands: String) throws -> [ForwardBlocker] {
        let range = range
        return try NetworkNamespace.make().run { () throws(SystemError) in
            Result {
                try Nftables.run(commands)
                return try ForwardBlocker.find(for: range)
            }
        }.get()
    }

    private func forward(policy: String, _ rules: String..., table: String = "ip filter", chain: String = "FORWARD")
        -> String
    {
        """
        table \(table) {
            chain DOCKER-USER { }
            chain \(chain) {
                type filter hook forward priority 0; policy \(policy);
                \(rules.joined(separator: "\n"))
            }
        }

        """
    }

    /// The proxy's own maps may have 50,000 elements, and this is asked every minute.
    @Test func elementsOfNamedSetsAreNotAskedFor() throws {
        let rules = """
            table ip t {
                set named { type ipv4_addr; elements = { 9.9.9.9 } }
                chain c { ip saddr @named accept; ip daddr { 8.8.8.8, 8.8.4.4 } accept; }
            }
            """
        let lists = try NetworkNamespace.make().run { () throws(SystemError) in
            Result {
                try Nftables.run(rules)
                return try [true, false].map {
                    String(decoding: try Nftables.listJSON("list ruleset", elements: $0), as: UTF8.self)
                }
            }
        }.get()
        #expect(lists.map { $0.contains("9.9.9.9") } == [true, false])
        #expect(lists.allSatisfy { $0.contains("@named") && $0.contains("8.8.4.4") }, "rules are whole")
    }

    @Test func aPolicyOfDropIsNamedWithItsOwner() throws {
        let found = try blockers(forward(policy: "drop", "ct state established accept"))
        #expect(found.map(\.place) == ["nftables table ip filter, chain FORWARD"])
        #expect(found.first?.owner == "Docker")
        #expect(found.first?.remedy.contains("iptables -I DOCKER-USER -s 10.42.0.0/24 -j ACCEPT") == true)
    }

    @Test func aPolicyOfAcceptIsNot() throws { #expect(try blockers(forward(policy: "accept")).isEmpty) }

    @Test func aLastRuleThatRejectsEverythingIs() throws {
        #expect(try blockers(forward(policy: "accept", "counter reject")).count == 1)
        #expect(try blockers(forward(policy: "accept", "ip saddr 9.9.9.9 drop")).isEmpty)
    }

    @Test func whatAcceptsBothDirectionsIsNot() throws {
        let from = "ip saddr 10.42.0.0/16 counter accept"
        let to = "ip daddr { 10.42.0.0/16, 9.9.9.9 } accept"
        #expect(try blockers(forward(policy: "drop", from, to)).isEmpty)
        #expect(try blockers(forward(policy: "drop", from)).count == 1, "answers would be dropped")
        #expect(try blockers(forward(policy: "drop", from, "ip daddr 10.42.0.0/25 accept")).count == 1, "half of them")
        #expect(try blockers(forward(policy: "drop", from, "ip daddr 10.42.0.0/16 tcp dport 80 accept")).count == 1)
        #expect(try blockers(forward(policy: "drop", from, "ip daddr != 10.42.0.0/16 accept")).count == 1)
    }

    @Test func otherTablesDoNotAcceptForIt() throws {
        let accepting = forward(
            policy: "accept", "ip saddr 10.42.0.0/16 accept", "ip daddr 10.42.0.0/16 accept", table: "ip mine")
        #expect(try blockers(accepting + forward(policy: "drop")).count == 1)
    }

    @Test func alsoTablesOfBothFamilies() throws {
        let found = try blockers(forward(policy: "drop", table: "inet firewalld", chain: "filter_FORWARD"))
        #expect(found.map(\.place) == ["nftables table inet firewalld, chain filter_FORWARD"])
        #expect(try blockers(forward(policy: "drop", table: "ip6 filter")).isEmpty)
    }

    @Test func aHostWithoutRulesHasNone() throws { #expect(try blockers("table ip nothing").isEmpty) }
}
