import Glibc
import Linux
import Logging
import Testing

@testable import PodNetwork

/// Routes of others to pods' ranges, in a network namespace.
@Suite(.enabled(if: getuid() == 0)) struct ForeignRouteTests {
    private let own = IPv4Range("10.42.0.0/24")!
    private let cluster = IPv4Range("10.42.0.0/16")!
    private let theirs = IPv4Range("10.42.1.0/24")!
    private let gateway = IPv4Address("192.0.2.9")!

    private func withNetwork(
        _ body: (NetworkNamespace, RouteSocket, Int32, PodNetwork) throws -> Void
    ) throws {
        let here = try NetworkNamespace.make()
        let netlink = try socket(in: here)
        try netlink.perform(.makeVeth(.init("a0"), peer: .init("a1"), mtu: 1500))
        let link = try #require(try netlink.link(named: "a0")).index
        let peer = try #require(try netlink.link(named: "a1")).index
        try netlink.perform(
            .setUp(linkIndex: peer, name: "a1"), .addAddress(IPv4Address("192.0.2.1")!, prefix: 24, linkIndex: link))
        var template = Array("/tmp/swiftlet-test-XXXXXX".utf8CString)
        let directory = String(cString: mkdtemp(&template)!)
        defer {
            unlink(directory + "/addresses")
            rmdir(directory)
        }
        let configuration = PodNetwork.Configuration(
            podCIDR: own, clusterCIDR: cluster, tableName: "swiftlet-test", stateDirectory: directory)
        let network = try inside(here) { try PodNetwork(configuration, logger: Logger(label: "test")) }
        try body(here, netlink, link, network)
    }

    @Test func aRouteToANodesPodsIsLeftAndNamed() throws {
        try withNetwork { here, netlink, link, network in
            try inside(here) { try network.setUp() }
            try netlink.perform(.addRoute(to: theirs, gateway: gateway, linkIndex: link))
            let peer = PeerNode(name: "b", address: IPv4Address("192.0.2.2")!, podCIDR: theirs)
            let other = PeerNode(name: "c", address: IPv4Address("192.0.2.3")!, podCIDR: IPv4Range("10.42.2.0/24")!)
            let problems = try inside(here) { try network.connect([peer, other], nodeIP: IPv4Address("192.0.2.1")!) }
            #expect(problems.count == 1)
            #expect(problems.first?.contains("10.42.1.0/24 has a route via 192.0.2.9 dev a0") == true)
            #expect(try netlink.route(to: IPv4Address("10.42.1.5")!)?.gateway == gateway, "it is still theirs")
            #expect(try netlink.route(to: IPv4Address("10.42.2.5")!)?.gateway == other.address)
            // Gone, and the way is ours.
            try netlink.perform(.deleteRoute(to: theirs, linkIndex: link))
            #expect(try inside(here) { try network.connect([peer], nodeIP: IPv4Address("192.0.2.1")!) }.isEmpty)
            #expect(try netlink.route(to: IPv4Address("10.42.1.5")!)?.gateway == peer.address)
        }
    }

    @Test func aNetworkOfTheSameRangeIsNotCutOff() throws {
        try withNetwork { here, netlink, link, network in
            try netlink.perform(.addRoute(to: cluster, gateway: gateway, linkIndex: link))
            #expect {
                try inside(here) { try network.setUp() }
            } throws: {
                "\($0)".contains("10.42.0.0/16 has a route via 192.0.2.9 dev a0")
            }
            #expect(try netlink.route(to: IPv4Address("10.42.7.5")!)?.gateway == gateway)
            try netlink.perform(.deleteRoute(to: cluster, linkIndex: link))
            // Called again it finds its own routes, which are in nobody's way.
            try inside(here) { try network.setUp() }
            try inside(here) { try network.setUp() }
            try inside(here) { try network.tearDown() }
        }
    }
}
