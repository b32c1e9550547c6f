import FoundationEssentials

/// As much of a ruleset (libnftables-json(5)) as tells which chains drop forwarded packets.
struct NftablesRuleset: Sendable {
    private struct Document: Decodable {
        var nftables: [Item]
    }

    private struct Item: Decodable {
        var chain: Chain?
        var rule: Rule?
    }

    struct Chain: Decodable, Sendable {
        var family: String
        var table: String
        var name: String
        var hook: String?
        var policy: String?
    }

    struct Rule: Decodable, Sendable {
        var family: String
        var table: String
        var chain: String
        var expr: [JSONValue]?
    }

    let chains: [Chain]
    let rules: [Rule]

    init(json: [UInt8]) throws {
        let document = try JSONDecoder().decode(Document.self, from: Data(json))
        chains = document.nftables.compactMap(\.chain)
        rules = document.nftables.compactMap(\.rule)
    }

    /// Base chains of the forward hook that drop by policy or by a last rule without a condition, unless their table accepts
    /// what comes from the range and what goes to it.
    func forwardBlockers(for range: IPv4Range) -> [ForwardBlocker] {
        chains.filter { $0.hook == "forward" && ["ip", "inet"].contains($0.family) }.compactMap { chain in
            let own = rules.filter { $0.family == chain.family && $0.table == chain.table }
            let last = own.last { $0.chain == chain.name }?.expr ?? []
            guard chain.policy == "drop" || Self.dropsEverything(last) else { return nil }
            let accepting = own.map { $0.expr ?? [] }.filter { $0.contains { $0["accept"] != nil } }
            let accepts = ["saddr", "daddr"].allSatisfy { field in
                accepting.contains { Self.isOnly(field, covering: range, $0) }
            }
            if accepts { return nil }
            let beside = chains.filter { $0.family == chain.family && $0.table == chain.table }.map(\.name)
            return ForwardBlocker(
                place: "nftables table \(chain.family) \(chain.table), chain \(chain.name)",
                owner: ForwardBlocker.owner(table: chain.table, chains: beside), range: range)
        }
    }

    private static func dropsEverything(_ expressions: [JSONValue]) -> Bool {
        expressions.contains { $0["drop"] != nil || $0["reject"] != nil }
            && expressions.allSatisfy { $0["drop"] != nil || $0["reject"] != nil || $0["counter"] != nil }
    }

    /// The rule's one condition is that this field lies in a network that holds the whole range.
    private static func isOnly(_ field: String, covering range: IPv4Range, _ expressions: [JSONValue]) -> Bool {
        let conditions = expressions.filter { $0["accept"] == nil && $0["counter"] == nil }
        guard conditions.count == 1, let match = conditions[0]["match"], match["op"]?.text == "==",
            match["left"]?["payload"]?["field"]?.text == field, let right = match["right"]
        else { return false }
        return networks(right).contains { $0.covers(range) }
    }

    private static func networks(_ value: JSONValue) -> [IPv4Range] {
        if let set = value["set"]?.elements { return set.flatMap(networks) }
        if let prefix = value["prefix"], let text = prefix["addr"]?.text, let length = prefix["len"]?.number,
            let address = IPv4Address(text), let range = IPv4Range(address, prefix: Int(length))
        {
            return [range]
        }
        return value.text.flatMap(IPv4Address.init).map { [IPv4Range.host($0)] } ?? []
    }
}
