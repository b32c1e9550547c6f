import KubernetesAPI
import Linux
import PodNetwork
import Testing

@testable import Node

struct PeerNodesTests {
    private func node(_ addresses: String..., range: String? = "10.42.1.0/24") -> Node {
        var node = Node(metadata: ObjectMeta(name: "b"))
        node.spec.podCIDR = range
        node.status.addresses = addresses.map { NodeAddress(type: "InternalIP", address: $0) }
        return node
    }

    @Test func aPeerHasTheFirstAddressThatPodsCanBeReachedBy() {
        let peer = PeerNode(
            name: "b", address: IPv4Address("192.0.2.2")!, podCIDR: IPv4Range("10.42.1.0/24")!)
        #expect(PeerNodes.peer(node("192.0.2.2")) == peer)
        #expect(PeerNodes.peer(node("2001:db8::2", "192.0.2.2")) == peer)
        #expect(PeerNodes.peer(node("192.0.2.2", range: nil)) == nil)
        #expect(PeerNodes.problem(node("2001:db8::2", "192.0.2.2")) == nil)
    }

    @Test func anAddressOfAnotherKindIsNamed() {
        #expect(PeerNodes.peer(node("2001:db8::2")) == nil)
        let problem = PeerNodes.problem(node("2001:db8::2"))
        #expect(problem?.hasPrefix("node b: its address 2001:db8::2 is not IPv4") == true)
        #expect(PeerNodes.problem(node()) == nil, "one that is joining has none yet")
    }

    @Test func theAdviceComesWhenTheServerIsReallyAway() {
        #expect((1...70).filter(NodeRegistration.isTimeForAdvice) == [3, 33, 63])
    }
}
