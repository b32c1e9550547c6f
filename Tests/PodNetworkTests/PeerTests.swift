import Glibc
import Linux
import Logging
import Testing

@testable import PodNetwork

/// Two nodes in network namespaces, on one link or with a router between them; their pods send each other real packets.
@Suite(.enabled(if: getuid() == 0)) struct PeerTests {
    /// A node with its end of a link.
    private final class Peer {
        let namespace: NetworkNamespace
        let network: PodNetwork
        let address: IPv4Address
        let directory: String
        var node: PeerNode {
            PeerNode(name: address.description, address: address, podCIDR: network.configuration.podCIDR)
        }

        init(_ namespace: NetworkNamespace, _ address: String, _ range: String) throws {
            self.namespace = namespace
            self.address = IPv4Address(address)!
            var template = Array("/tmp/swiftlet-test-XXXXXX".utf8CString)
            directory = String(cString: mkdtemp(&template)!)
            let configuration = PodNetwork.Configuration(
                podCIDR: IPv4Range(range)!, clusterCIDR: IPv4Range("10.42.0.0/16")!, tableName: "swiftlet-test",
                stateDirectory: directory)
            network = try inside(namespace) { try PodNetwork(configuration, logger: Logger(label: "test")) }
            try inside(namespace) { [network] in try network.setUp() }
            // As hosts that let in only what they would answer by the same way (RHEL's default).
            try inside(namespace) {
                try Sysctl.write("1", to: "net.ipv4.conf.all.rp_filter")
                try Sysctl.write("1", to: "net.ipv4.conf.default.rp_filter")
            }
        }

        deinit {
            unlink(directory + "/addresses")
            rmdir(directory)
        }

        func connect(_ peers: Peer...) throws {
            let (nodes, address) = (peers.map(\.node), address)
            let refused = try inside(namespace) { [network] in try network.connect(nodes, nodeIP: address) }
            #expect(refused.isEmpty)
        }

        func makePod(_ podUID: String) throws -> (namespace: NetworkNamespace, address: IPv4Address) {
            let pod = try NetworkNamespace.make()
            let address = try network.allocate(podUID: podUID)
            let netlink = try inside(pod) { OwnedFD(Glibc.socket(AF_NETLINK, Int32(SOCK_RAW.rawValue), 0)) }
            try network.attach(podUID: podUID, address: address, netns: pod.fd.raw, netlink: netlink.raw)
            return (pod, address)
        }

        func tunnel() throws -> NetworkLink? { try socket(in: namespace).links().first { $0.kind == "vxlan" } }
        func peerRoutes() throws -> [NetworkRoute] {
            try socket(in: namespace).routes().filter { $0.protocolNumber == PeerPlan.routeProtocol }
        }
    }

    /// `a` and `b` joined by a veth pair; each end has the address given, on a /24.
    private func link(
        _ a: NetworkNamespace, _ addressA: String, _ b: NetworkNamespace, _ addressB: String, mtu: UInt32 = 1500
    ) throws {
        let name = "l" + addressA.split(separator: ".").suffix(2).joined(separator: "-")
        try socket(in: a).perform(.makeVeth(.init(name), peer: .init(name, namespace: b.fd.raw), mtu: mtu))
        for (namespace, address) in [(a, addressA), (b, addressB)] {
            let netlink = try socket(in: namespace)
            let end = try #require(try netlink.link(named: name))
            try netlink.perform(
                .setUp(linkIndex: 1, name: "lo"), .setUp(linkIndex: end.index, name: name),
                .addAddress(IPv4Address(address)!, prefix: 24, linkIndex: end.index))
        }
    }

    private func defaultRoute(_ namespace: NetworkNamespace, via gateway: String) throws {
        let netlink = try socket(in: namespace)
        let way = try #require(try netlink.route(to: IPv4Address(gateway)!)?.linkIndex)
        try netlink.perform(.addRoute(to: .all, gateway: IPv4Address(gateway)!, linkIndex: way, replace: true))
    }

    private func expectPodsReachEachOther(_ a: Peer, _ b: Peer) throws {
        let (podA, podB) = (try a.makePod("a"), try b.makePod("b"))
        let (inA, inB) = (
            try TestTCP.listen(8080, in: podA.namespace), try TestTCP.listen(8080, in: podB.namespace)
        )
        #expect(
            try TestTCP.sourceSeen(by: inB, from: podA.namespace, to: podB.address, 8080) == podA.address,
            "with its own address")
        #expect(try TestTCP.sourceSeen(by: inA, from: podB.namespace, to: podA.address, 8080) == podB.address)
        // A node reaches the other's pods too, and they answer.
        _ = try TestTCP.sourceSeen(by: inB, from: a.namespace, to: podB.address, 8080)
        // More than fits one packet, in both directions' checksums and sizes.
        #expect(try TestTCP.carries(300_000, by: inB, from: podA.namespace, to: podB.address, 8080))
        // Datagrams that fit a packet of the pod's own MTU and not of the tunnel's, and those that fit none.
        let sizes = [1, 1400, 1472, 8000, 60_000]
        let there = try TestTCP.largestDatagram(sizes, from: podA.namespace, to: podB.address, 9000, in: podB.namespace)
        #expect(there == 60_000)
        let back = try TestTCP.largestDatagram([1472], from: podB.namespace, to: podA.address, 9000, in: podA.namespace)
        #expect(back == 1472)
    }

    @Test func onOneLinkPacketsGoAsTheyAre() throws {
        let (nsA, nsB) = (try NetworkNamespace.make(), try NetworkNamespace.make())
        try link(nsA, "192.0.2.1", nsB, "192.0.2.2")
        let (a, b) = (try Peer(nsA, "192.0.2.1", "10.42.0.0/24"), try Peer(nsB, "192.0.2.2", "10.42.1.0/24"))
        try a.connect(b)
        try b.connect(a)
        #expect(try a.tunnel() == nil)
        try expectPodsReachEachOther(a, b)
        // Nothing to do the second time, and a peer that is gone leaves nothing.
        let routes = try a.peerRoutes()
        try a.connect(b)
        #expect(try a.peerRoutes() == routes && routes.count == 1)
        try a.connect()
        #expect(try a.peerRoutes().isEmpty)
    }

    @Test func behindARouterPacketsGoThroughATunnel() throws {
        let (nsA, nsB, router) = (
            try NetworkNamespace.make(), try NetworkNamespace.make(), try NetworkNamespace.make()
        )
        try link(nsA, "192.0.2.1", router, "192.0.2.254")
        try link(nsB, "198.51.100.1", router, "198.51.100.254")
        try inside(router) { try Sysctl.write("1", to: "net.ipv4.ip_forward") }
        try defaultRoute(nsA, via: "192.0.2.254")
        try defaultRoute(nsB, via: "198.51.100.254")
        let (a, b) = (try Peer(nsA, "192.0.2.1", "10.42.0.0/24"), try Peer(nsB, "198.51.100.1", "10.42.1.0/24"))
        try a.connect(b)
        try b.connect(a)
        let tunnel = try #require(try a.tunnel())
        #expect(tunnel.mtu == 1450)
        #expect(try inside(nsA) { try !ChecksumOffload.isOn(interface: tunnel.name) })
        try expectPodsReachEachOther(a, b)
        // As it should be: the interface is left alone, so that a restart of the daemon interrupts nothing.
        try a.connect(b)
        #expect(try a.tunnel()?.index == tunnel.index)
        // The last peer behind a router takes the tunnel with it.
        try a.connect()
        #expect(try a.tunnel() == nil && a.peerRoutes().isEmpty)
        try inside(nsA) { [network = a.network] in try network.tearDown() }
        // Pods' own routes go with their namespaces, in the kernel's time.
        let ranges = try socket(in: nsA).routes().map(\.destination).filter { $0.prefix > 0 && $0.prefix < 32 }
        #expect(!ranges.contains { IPv4Range("10.42.0.0/16")!.contains($0.network) })
    }

    @Test func addressesThatChangeAreFollowed() throws {
        let (nsA, nsB, router) = (
            try NetworkNamespace.make(), try NetworkNamespace.make(), try NetworkNamespace.make()
        )
        try link(nsA, "192.0.2.1", router, "192.0.2.254")
        try link(nsB, "198.51.100.1", router, "198.51.100.254")
        try inside(router) { try Sysctl.write("1", to: "net.ipv4.ip_forward") }
        try defaultRoute(nsA, via: "192.0.2.254")
        try defaultRoute(nsB, via: "198.51.100.254")
        let a = try Peer(nsA, "192.0.2.1", "10.42.0.0/24")
        let far = try Peer(nsB, "198.51.100.1", "10.42.1.0/24")
        try a.connect(far)
        try far.connect(a)
        // The node moves to a link that both share.
        try link(nsA, "203.0.113.1", nsB, "203.0.113.2")
        let near = try Peer(nsB, "203.0.113.2", "10.42.1.0/24")
        try a.connect(near)
        #expect(try a.tunnel() == nil)
        #expect(try a.peerRoutes().map(\.gateway) == [IPv4Address("203.0.113.2")!])
    }

    @Test func podsOfNobodyAreRefusedAtOnce() throws {
        let (nsA, nsB) = (try NetworkNamespace.make(), try NetworkNamespace.make())
        try link(nsA, "192.0.2.1", nsB, "192.0.2.2")
        try defaultRoute(nsA, via: "192.0.2.2")
        let a = try Peer(nsA, "192.0.2.1", "10.42.0.0/24")
        #expect(try socket(in: nsA).route(to: IPv4Address("10.42.7.5")!)?.isUnicast != true)
        _ = a
    }
}
