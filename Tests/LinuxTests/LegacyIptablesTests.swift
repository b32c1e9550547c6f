import CLinux
import Glibc
import Testing

@testable import Linux

@Suite(.enabled(if: getuid() == 0)) struct LegacyIptablesTests {
    private let range = IPv4Range("10.42.0.0/24")!

    /// A fresh namespace's table, with the policy of FORWARD as given, and before it rules that accept these.
    private func table(
        policy: Int32, accepting: [(source: IPv4Range, destination: IPv4Range)] = []
    ) throws -> (read: LegacyIptables, found: [ForwardBlocker]) {
        let range = range
        return try NetworkNamespace.make().run { () throws(SystemError) in
            Result {
                let fresh = try LegacyIptables.filterTable()
                try replace(fresh, policy: policy, accepting: accepting)
                return (try LegacyIptables.filterTable(), try ForwardBlocker.find(for: range))
            }
        }.get()
    }

    @Test func aFreshTableAccepts() throws {
        let table = try table(policy: LegacyIptables.accept)
        #expect(table.found.isEmpty)
        #expect(table.read.rules.count == 4, "three policies and the end")
        #expect(table.read.rules.map(\.verdict) == [-2, -2, -2, nil])
    }

    @Test func aPolicyOfDropIsNamed() throws {
        let found = try table(policy: LegacyIptables.drop).found
        #expect(found.map(\.place) == ["iptables-legacy's filter table, chain FORWARD"])
        #expect(found.first?.owner == nil)
    }

    @Test func rulesThatAcceptBothDirectionsAreSeen() throws {
        let wide = IPv4Range("10.42.0.0/16")!
        let both = [(wide, IPv4Range.all), (IPv4Range.all, wide)]
        #expect(try table(policy: LegacyIptables.drop, accepting: both).found.isEmpty)
        #expect(try table(policy: LegacyIptables.drop, accepting: [both[0]]).found.count == 1)
        #expect(try table(policy: LegacyIptables.drop, accepting: [(wide, wide)]).found.count == 1)
    }

    /// struct ipt_replace: what iptables-legacy sends. The three base chains follow each other: INPUT's policy, then FORWARD.
    private func replace(
        _ table: LegacyIptables, policy: Int32, accepting: [(source: IPv4Range, destination: IPv4Range)]
    ) throws {
        let forward = Int(table.underflow[LegacyIptables.forward])
        let size = 152
        var policyEntry = Array(table.entries[forward..<forward + size])
        withUnsafeBytes(of: policy) { policyEntry.replaceSubrange(144..<148, with: $0) }
        var inserted: [UInt8] = []
        for (source, destination) in accepting {
            var entry = Array(table.entries[forward..<forward + size])
            withUnsafeBytes(of: source.network.rawValue.bigEndian) { entry.replaceSubrange(0..<4, with: $0) }
            withUnsafeBytes(of: destination.network.rawValue.bigEndian) { entry.replaceSubrange(4..<8, with: $0) }
            for (offset, range) in [(8, source), (12, destination)] {
                let mask = range.prefix == 0 ? 0 : ~UInt32(0) << UInt32(32 - range.prefix)
                withUnsafeBytes(of: mask.bigEndian) { entry.replaceSubrange(offset..<offset + 4, with: $0) }
            }
            inserted += entry
        }
        var entries = Array(table.entries[..<forward]) + inserted + policyEntry
        entries += table.entries[(forward + size)...]
        let shift = UInt32(inserted.count)
        let count = UInt32(4 + accepting.count)
        var counters = [UInt64](repeating: 0, count: 16 * Int(count))
        let message = counters.withUnsafeMutableBytes { counters in
            var writer = ByteWriter()
            writer.append(Array("filter".utf8) + [UInt8](repeating: 0, count: 26))
            writer.append(UInt32(0b01110))
            writer.append(count)
            writer.append(UInt32(entries.count))
            let policies: [UInt32] = [0, 0, UInt32(forward) + shift, UInt32(forward + size) + shift, 0]
            let starts: [UInt32] = [0, 0, UInt32(forward), UInt32(forward + size) + shift, 0]
            for value in starts + policies { writer.append(value) }
            writer.append(UInt32(4))  // the counters of the table that goes
            writer.append(UInt64(UInt(bitPattern: counters.baseAddress)))
            writer.append(entries)
            return writer.bytes
        }
        let socket = OwnedFD(socket(AF_INET, Int32(SOCK_RAW.rawValue), Int32(IPPROTO_RAW)))
        let result = setsockopt(socket.raw, Int32(IPPROTO_IP), 64, message, socklen_t(message.count))
        try #require(result == 0, "\(SystemError.message(of: errno))")
        withExtendedLifetime(counters) {}
    }
}
