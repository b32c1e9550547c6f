import Linux
import Testing

@testable import PodNetwork

@Suite struct PeerPlanTests {
    static let own = IPv4Range("10.42.0.0/24")!
    static let cluster = IPv4Range("10.42.0.0/16")!

    private func plan(_ peers: [PeerNode], _ paths: [String: PeerPath]) -> PeerPlan {
        PeerPlan(own: Self.own, cluster: Self.cluster, peers: peers) { paths[$0.description] ?? .none }
    }

    private func peer(_ name: String, _ address: String, _ range: String) -> PeerNode {
        PeerNode(name: name, address: IPv4Address(address)!, podCIDR: IPv4Range(range)!)
    }

    @Test func eachPairHasTheWayThatItsLinksAllow() {
        let plan = plan(
            [peer("b", "192.0.2.2", "10.42.1.0/24"), peer("c", "198.51.100.3", "10.42.2.0/24")],
            ["192.0.2.2": .direct(linkIndex: 7), "198.51.100.3": .routed(mtu: 1500)])
        #expect(
            plan.routes == [
                .init(podCIDR: IPv4Range("10.42.1.0/24")!, gateway: IPv4Address("192.0.2.2")!, via: .link(7)),
                .init(podCIDR: IPv4Range("10.42.2.0/24")!, gateway: IPv4Address("10.42.2.1")!, via: .tunnel),
            ])
        let hardware = HardwareAddress(bytes: [2, 0, 10, 42, 2, 0])!
        #expect(
            plan.neighbours == [
                Neighbour(.address, IPv4Address("10.42.2.1")!, hardware),
                Neighbour(.forwarding, IPv4Address("198.51.100.3")!, hardware),
            ])
        #expect(plan.tunnelMTU == 1450)
        #expect(plan.refused.isEmpty)
    }

    @Test func withoutRoutersThereIsNoTunnel() {
        let plan = plan([peer("b", "192.0.2.2", "10.42.1.0/24")], ["192.0.2.2": .direct(linkIndex: 7)])
        #expect(plan.tunnelMTU == nil && plan.neighbours.isEmpty)
    }

    @Test func theTunnelFitsTheNarrowestWay() {
        let plan = plan(
            [peer("b", "198.51.100.2", "10.42.1.0/24"), peer("c", "198.51.100.3", "10.42.2.0/24")],
            ["198.51.100.2": .routed(mtu: 9000), "198.51.100.3": .routed(mtu: 1400)])
        #expect(plan.tunnelMTU == 1350)
    }

    @Test func aPeerThatCannotBeReachedHasNoRoute() {
        #expect(plan([peer("b", "192.0.2.2", "10.42.1.0/24")], [:]).routes.isEmpty)
    }

    @Test func rangesThatAreTakenOrForeignAreRefusedAndNamed() {
        let all: [String: PeerPath] = [
            "192.0.2.2": .direct(linkIndex: 1), "192.0.2.3": .direct(linkIndex: 1), "192.0.2.4": .direct(linkIndex: 1),
            "192.0.2.5": .direct(linkIndex: 1),
        ]
        let plan = plan(
            [
                peer("e", "192.0.2.5", "10.43.0.0/24"), peer("d", "192.0.2.4", "10.42.1.128/25"),
                peer("c", "192.0.2.3", "10.42.1.0/24"), peer("b", "192.0.2.2", "10.42.0.0/24"),
            ], all)
        #expect(plan.routes.map(\.podCIDR.description) == ["10.42.1.0/24"], "the first by name has it")
        #expect(
            plan.refused == [
                "node b: its pods' range 10.42.0.0/24 overlaps 10.42.0.0/24",
                "node d: its pods' range 10.42.1.128/25 overlaps 10.42.1.0/24",
                "node e: its pods' range 10.43.0.0/24 is not within 10.42.0.0/16",
            ])
    }
}
