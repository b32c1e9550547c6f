import Glibc

/// A table of iptables from before nftables, as the kernel gives it (linux/netfilter_ipv4/ip_tables.h).
struct LegacyIptables: Sendable {
    /// Where each hook's last, unconditional rule (its policy) lies.
    let underflow: [UInt32]
    let entries: [UInt8]

    /// The filter table of the calling thread's network namespace. The kernel makes it when it is not there.
    static func filterTable() throws(SystemError) -> LegacyIptables {
        let raw = socket(AF_INET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_RAW))
        if raw < 0 { throw SystemError("socket", "raw IPv4", code: errno) }
        let socket = OwnedFD(raw)
        let name = Array("filter".utf8) + [UInt8](repeating: 0, count: 26)

        // struct ipt_getinfo: name, valid hooks, five entry points, five policies, number of entries, their size.
        let info = try get(64, name + [UInt8](repeating: 0, count: 52), from: socket)
        var reader = ByteReader(info[...])
        reader.skip(32 + 4 + 20)
        let underflow = (0..<5).map { _ in reader.read(UInt32.self) ?? 0 }
        reader.skip(4)
        guard let size = reader.read(UInt32.self) else { throw SystemError("read", "iptables' filter", code: EPROTO) }

        // struct ipt_get_entries: name, size, padding to eight, the entries.
        var request = ByteWriter()
        request.append(name)
        request.append(size)
        request.append([UInt8](repeating: 0, count: 4 + Int(size)))
        let answer = try get(65, request.bytes, from: socket)
        return LegacyIptables(underflow: underflow, entries: Array(answer.dropFirst(40)))
    }

    private static func get(_ option: Int32, _ bytes: [UInt8], from socket: OwnedFD) throws(SystemError) -> [UInt8] {
        var bytes = bytes
        var size = socklen_t(bytes.count)
        if getsockopt(socket.raw, Int32(IPPROTO_IP), option, &bytes, &size) < 0 {
            throw SystemError("read", "iptables' filter table", code: errno)
        }
        return Array(bytes.prefix(Int(size)))
    }

    /// The FORWARD chain, when its policy is to drop and no rule accepts what comes from the range and what goes to it.
    func forwardBlocker(for range: IPv4Range) -> ForwardBlocker? {
        let rules = self.rules
        let policy = rules.first { $0.offset == Int(underflow[LegacyIptables.forward]) }
        guard policy?.verdict == LegacyIptables.drop else { return nil }
        let accepting = rules.filter { $0.verdict == LegacyIptables.accept && $0.hasNoFurtherCondition }
        let from = accepting.contains { $0.source.covers(range) && $0.destination == .all && $0.source != .all }
        let to = accepting.contains { $0.destination.covers(range) && $0.source == .all && $0.destination != .all }
        if from && to { return nil }
        // A user's chain begins with an error target that carries its name.
        let owner = ForwardBlocker.owner(table: "filter", chains: rules.compactMap(\.chainName))
        return ForwardBlocker(
            place: "iptables-legacy's filter table, chain FORWARD", owner: owner, range: range, isLegacy: true)
    }

    struct Rule: Sendable, Equatable {
        var offset: Int
        var source: IPv4Range
        var destination: IPv4Range
        /// No interface, protocol, inversion or match module.
        var hasNoFurtherCondition: Bool
        /// A jump's target when not negative.
        var verdict: Int32?
        var chainName: String?
    }

    /// struct ipt_entry one after another: 84 bytes of addresses and interfaces, then where target and next entry lie.
    var rules: [Rule] {
        var rules: [Rule] = []
        var offset = 0
        while offset + 112 <= entries.count {
            var fields = ByteReader(entries[(offset + 88)...])
            guard let target = fields.read(UInt16.self), let next = fields.read(UInt16.self), target >= 112,
                next >= target + 32, offset + Int(next) <= entries.count
            else { break }
            rules.append(rule(at: offset, target: Int(target), next: Int(next)))
            offset += Int(next)
        }
        return rules
    }

    private func rule(at offset: Int, target: Int, next: Int) -> Rule {
        func range(_ address: Int, _ mask: Int) -> IPv4Range {
            let bits = IPv4Address(bytes: entries[offset + mask..<offset + mask + 4]).rawValue
            let prefix = (~bits).leadingZeroBitCount
            return IPv4Range(IPv4Address(bytes: entries[offset + address..<offset + address + 4]), prefix: prefix)!
        }
        let plain = entries[offset + 16..<offset + 84].allSatisfy { $0 == 0 }
        // struct xt_entry_target: size, 29 bytes of name, revision; the standard one (no name) has its verdict behind.
        let start = offset + target
        let name = entries[start + 2..<start + 31].netlinkString
        var verdict: Int32?
        var chainName: String?
        if name.isEmpty, next >= target + 36 {
            var reader = ByteReader(entries[(start + 32)...])
            verdict = reader.read()
        } else if name == "ERROR" {
            chainName = entries[(start + 32)..<(offset + next)].netlinkString
        }
        return Rule(
            offset: offset, source: range(0, 8), destination: range(4, 12),
            hasNoFurtherCondition: plain && target == 112, verdict: verdict, chainName: chainName)
    }

    /// NF_INET_FORWARD
    static let forward = 2
    // -NF_DROP - 1, -NF_ACCEPT - 1
    static let drop: Int32 = -1
    static let accept: Int32 = -2
}

extension IPv4Range {
    func covers(_ other: IPv4Range) -> Bool { prefix <= other.prefix && contains(other.network) }
}
