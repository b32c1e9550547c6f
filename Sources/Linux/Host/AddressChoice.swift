/// Which of the machine's addresses is the one that others reach it at. Pure.
struct AddressChoice: Sendable, Equatable {
    var address: IPv4Address
    /// The interface that has it; nil for the loopback's, taken because there was no other.
    var linkIndex: Int32?

    private static let loopback = IPv4Range("127.0.0.0/8")!

    /// The address of the interface that the default route goes through. An address that this interface still has is kept, so
    /// that one that is added beside it changes nothing. Without a default route: what the machine still has, or what came in
    /// its place on the same interface. An address that is gone without a successor stays: there is nothing better to say.
    ///
    /// - Parameter foreign: ranges of pods and Services, whose addresses the node has too.
    static func next(
        after old: AddressChoice?, _ addresses: [LinkAddress], _ routes: [NetworkRoute], foreign: [IPv4Range]
    ) -> AddressChoice {
        let present = addresses.filter { each in
            !loopback.contains(each.address) && !foreign.contains { $0.contains(each.address) }
        }
        let own = present.map { AddressChoice(address: $0.address, linkIndex: $0.linkIndex) }
        // The main table alone: others are for what their rules pick (VPNs).
        let ways = routes.filter { $0.destination == .all && $0.isUnicast && $0.table == 254 }
            .sorted { $0.metric < $1.metric }
        for way in ways {
            let there = own.filter { $0.linkIndex == way.linkIndex }
            if let stated = there.first(where: { $0.address == way.source }) { return stated }
            if let old, there.contains(old) { return old }
            if let first = there.first { return first }
        }
        guard let old, let link = old.linkIndex else {
            // An address of a network rather than a lonely one: that may be another instance's gateway or DNS.
            let best = present.first { $0.prefix < 32 } ?? present.first
            return AddressChoice(address: best?.address ?? IPv4Address("127.0.0.1")!, linkIndex: best?.linkIndex)
        }
        if own.contains(old) { return old }
        return own.first { $0.linkIndex == link } ?? old
    }
}
