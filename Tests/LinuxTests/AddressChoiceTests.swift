import Testing

@testable import Linux

struct AddressChoiceTests {
    private let pods = [IPv4Range("10.42.0.0/16")!]

    private func at(_ link: Int32, _ address: String) -> LinkAddress {
        LinkAddress(linkIndex: link, address: IPv4Address(address)!, prefix: 24)
    }

    private func way(_ link: Int32, metric: UInt32 = 0, source: String? = nil, table: UInt32 = 254) -> NetworkRoute {
        NetworkRoute(
            destination: .all, gateway: IPv4Address("192.0.2.254")!, linkIndex: link,
            source: source.flatMap { IPv4Address($0) }, metric: metric, table: table, isUnicast: true, protocolNumber: 3
        )
    }

    private func choose(
        _ addresses: [LinkAddress], _ routes: [NetworkRoute], after old: (String, Int32?)? = nil
    ) -> String {
        let before = old.map { AddressChoice(address: IPv4Address($0.0)!, linkIndex: $0.1) }
        return AddressChoice.next(after: before, addresses, routes, foreign: pods).address.description
    }

    @Test func itIsThatOfTheDefaultRoutesInterface() {
        let addresses = [at(1, "127.0.0.1"), at(2, "198.51.100.1"), at(3, "192.0.2.1")]
        #expect(choose(addresses, [way(3)]) == "192.0.2.1")
        #expect(choose(addresses, [way(3, metric: 100), way(2, metric: 50)]) == "198.51.100.1")
        #expect(
            choose(addresses, [way(2, table: 51820), way(3, metric: 9)]) == "192.0.2.1", "another table is a VPN's")
    }

    @Test func theRoutesOwnSourceGoesFirst() {
        let addresses = [at(3, "192.0.2.1"), at(3, "192.0.2.9")]
        #expect(choose(addresses, [way(3, source: "192.0.2.9")], after: ("192.0.2.1", 3)) == "192.0.2.9")
    }

    @Test func anAddressThatIsAddedBesideItChangesNothing() {
        let addresses = [at(3, "192.0.2.9"), at(3, "192.0.2.1")]
        #expect(choose(addresses, [way(3)], after: ("192.0.2.1", 3)) == "192.0.2.1")
        #expect(choose(addresses, [way(3)], after: ("192.0.2.77", 3)) == "192.0.2.9")
    }

    @Test func withoutADefaultRouteItIsFollowedOnItsInterface() {
        let bridge = at(2, "172.17.0.1")
        #expect(choose([bridge, at(3, "192.0.2.1")], [], after: ("192.0.2.1", 3)) == "192.0.2.1")
        #expect(choose([bridge, at(3, "192.0.2.5")], [], after: ("192.0.2.1", 3)) == "192.0.2.5")
        // A lease that ended for a moment does not make the node move to a bridge of containers.
        #expect(choose([bridge], [], after: ("192.0.2.1", 3)) == "192.0.2.1")
        #expect(choose([bridge], []) == "172.17.0.1")
    }

    @Test func addressesOfPodsAndTheLoopbackAreNobodys() {
        let gateway = at(9, "10.42.0.1")
        #expect(choose([at(1, "127.0.0.1"), gateway, at(3, "192.0.2.1")], []) == "192.0.2.1")
        #expect(choose([at(1, "127.0.0.1"), gateway], []) == "127.0.0.1")
        // A machine that had no network when it started.
        #expect(choose([gateway, at(3, "192.0.2.1")], [way(3)], after: ("127.0.0.1", nil)) == "192.0.2.1")
    }
}
