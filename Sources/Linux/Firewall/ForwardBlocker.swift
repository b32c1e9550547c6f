/// A chain of somebody else's firewall that drops forwarded packets, and with them the pods' traffic.
public struct ForwardBlocker: Sendable, Equatable, CustomStringConvertible {
    /// `nftables table ip filter, chain FORWARD`
    public var place: String
    /// Who makes such chains, as far as it can be told: `Docker`, `ufw`, `firewalld`.
    public var owner: String?
    /// What to type, or to ask for, so that pods' traffic passes.
    public var remedy: String

    public var description: String {
        let whose = owner.map { " (\($0))" } ?? ""
        return "\(place)\(whose) drops forwarded packets, pods' traffic among them"
    }

    init(place: String, owner: String?, range: IPv4Range, isLegacy: Bool = false) {
        self.place = place
        self.owner = owner
        let iptables = isLegacy ? "iptables-legacy" : "iptables"
        switch owner {
        case "Docker":
            remedy =
                "\(iptables) -I DOCKER-USER -s \(range) -j ACCEPT; \(iptables) -I DOCKER-USER -d \(range) -j ACCEPT"
        case "ufw": remedy = "ufw route allow from \(range); ufw route allow to \(range)"
        case "firewalld":
            remedy = "firewall-cmd --permanent --zone=trusted --add-source=\(range); firewall-cmd --reload"
        default: remedy = "let that chain accept packets from \(range) and to \(range)"
        }
    }

    /// The blockers of pods of `range`, in the network namespace of the calling thread.
    public static func find(
        for range: IPv4Range, kernel: some Kernel = SystemKernel()
    ) throws -> [ForwardBlocker] {
        let ruleset = try NftablesRuleset(json: try Nftables.listJSON("list ruleset", elements: false))
        var found = ruleset.forwardBlockers(for: range)
        // Asking for a legacy table makes it; so only one that is there is asked for.
        let legacy = try kernel.readIfPresent("/proc/thread-self/net/ip_tables_names") ?? ""
        if legacy.split(separator: "\n").contains("filter") {
            if let blocker = try LegacyIptables.filterTable().forwardBlocker(for: range) { found.append(blocker) }
        }
        return found
    }

    /// By the names of the chains beside it.
    static func owner(table: String, chains: [String]) -> String? {
        if chains.contains("DOCKER-USER") || chains.contains("DOCKER") { return "Docker" }
        if chains.contains(where: { $0.hasPrefix("ufw-") }) { return "ufw" }
        return table == "firewalld" ? "firewalld" : nil
    }
}
