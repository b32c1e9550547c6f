import Glibc
import Linux
import Logging
import Testing

@testable import PodNetwork

@Suite(.enabled(if: getuid() == 0)) struct PodNetworkTests {
    @Test func podsReachEachOtherTheNodeAndTheOutside() throws {
        let node = try TestNode()
        defer { node.removeDirectory() }
        let before = try node.inventory()
        try node.setUp()
        do {
            let (a, b) = (try node.makePod("a"), try node.makePod("b"))
            let inA = try TestTCP.listen(8080, in: a.namespace)
            #expect(try TestTCP.sourceSeen(by: inA, from: b.namespace, to: a.address, 8080) == b.address)
            #expect(try TestTCP.sourceSeen(by: inA, from: a.namespace, to: a.address, 8080) == a.address, "itself")
            #expect(
                try TestTCP.sourceSeen(by: inA, from: node.namespace, to: a.address, 8080) == node.network.gateway)
            let onNode = try TestTCP.listen(9090, in: node.namespace)
            #expect(try TestTCP.sourceSeen(by: onNode, from: a.namespace, to: TestNode.nodeAddress, 9090) == a.address)
            let outside = try TestTCP.listen(80, in: node.outside)
            #expect(
                try TestTCP.sourceSeen(by: outside, from: b.namespace, to: TestNode.outsideAddress, 80)
                    == TestNode.nodeAddress, "masqueraded")
        }
        // The pods' namespaces are closed by now; the kernel takes the rest in its own time.
        #expect(try eventually { try node.inventory().links == before.links })
        try node.tearDown()
        #expect(try node.inventory() == before)
    }

    @Test func thePodSeesOnlyItsOwnInterface() throws {
        let node = try TestNode(mtu: 1380)
        defer { node.removeDirectory() }
        let pod = try node.makePod("a")
        let links = try socket(in: pod.namespace).links()
        #expect(Set(links.filter(\.isUp).map(\.name)) == ["lo", "eth0"])
        #expect(links.first { $0.name == "eth0" }?.mtu == 1380, "the MTU of the node's way out")
        let routes = try socket(in: pod.namespace).routes().filter { $0.table == 254 }
        #expect(routes.count == 1 && routes[0].destination == .all && routes[0].gateway == node.network.gateway)
        let outer = try socket(in: node.namespace).links().first { $0.alias == "swiftlet:swiftlet-test:a" }
        #expect(outer?.kind == "veth")
    }

    @Test func aNewSandboxTakesOverTheAddressWhileTheOldOneIsStillThere() throws {
        let node = try TestNode()
        defer { node.removeDirectory() }
        try node.setUp()
        let other = try node.makePod("other")
        let old = try node.makePod("a")
        let new = try node.makePod("a")
        #expect(old.address == new.address)
        let listener = try TestTCP.listen(8080, in: new.namespace)
        #expect(try TestTCP.sourceSeen(by: listener, from: other.namespace, to: new.address, 8080) == other.address)
        // The old namespace goes; the route stays with the new one.
        let links = try socket(in: node.namespace).links().count
        old.namespace.fd.close()
        #expect(try eventually { try socket(in: node.namespace).links().count == links - 1 })
        #expect(try TestTCP.sourceSeen(by: listener, from: other.namespace, to: new.address, 8080) == other.address)
        #expect(
            try TestTCP.sourceSeen(by: listener, from: node.namespace, to: new.address, 8080) == node.network.gateway)
    }

    @Test func setUpTwiceIsTheSame() throws {
        let node = try TestNode()
        defer { node.removeDirectory() }
        try node.setUp()
        func rules() throws -> String {
            String(decoding: try inside(node.namespace) { try Nftables.listJSON("list ruleset") }, as: UTF8.self)
        }
        let once = try rules().split(separator: "\"masquerade\"").count
        try node.setUp()
        #expect(try rules().split(separator: "\"masquerade\"").count == once && once == 2)
        #expect(try inside(node.namespace) { try Sysctl.read("net.ipv4.ip_forward") } == "1")
    }

    /// There is a default route: without the refusal it would lead to whoever has the address out there.
    @Test func whatIsSentToAPodThatIsGoneStaysHere() throws {
        let node = try TestNode()
        defer { node.removeDirectory() }
        let gone = IPv4Address(rawValue: node.network.configuration.podCIDR.network.rawValue + 200)
        let routes = try socket(in: node.namespace)
        #expect(try routes.route(to: gone) != nil)
        try node.setUp()
        try node.setUp()
        #expect(try routes.route(to: gone) == nil)
        let pod = try node.makePod("a")
        #expect(try routes.route(to: pod.address) != nil)
        try node.tearDown()
        #expect(try routes.route(to: gone) != nil)
    }

    @Test func anotherInstancesTableStays() throws {
        let node = try TestNode()
        defer { node.removeDirectory() }
        try inside(node.namespace) { try Nftables.run("add table ip swiftlet-other") }
        try node.setUp()
        try node.tearDown()
        try node.tearDown()
        #expect(try node.inventory().tables.contains("swiftlet-other"))
        #expect(try !node.inventory().tables.contains("swiftlet-test"))
    }

    @Test func sweepsWhatIsLeftOfPodsThatAreGone() throws {
        let node = try TestNode()
        defer { node.removeDirectory() }
        let before = try node.inventory().links
        let (a, b) = (try node.makePod("a"), try node.makePod("b"))
        #expect(try node.network.sweep(keeping: ["a"]) == ["b"])
        #expect(try node.inventory().links.count == before.count + 1)
        #expect(try socket(in: a.namespace).link(named: "eth0") != nil)
        #expect(try socket(in: b.namespace).link(named: "eth0") == nil)
        #expect(try node.network.sweep(keeping: []) == ["a"])
        #expect(try node.inventory().links == before)
    }

    @Test func aFailedAttachmentLeavesNothing() throws {
        let node = try TestNode()
        defer { node.removeDirectory() }
        let before = try node.inventory()
        let pod = try NetworkNamespace.make()
        // A netlink socket of the wrong namespace: the pod's interface is not found through it.
        let wrong = try inside(node.outside) { OwnedFD(Glibc.socket(AF_NETLINK, Int32(SOCK_RAW.rawValue), 0)) }
        let address = try node.network.allocate(podUID: "a")
        #expect(throws: SystemError("find interface", "eth0", code: ENODEV)) {
            try node.network.attach(podUID: "a", address: address, netns: pod.fd.raw, netlink: wrong.raw)
        }
        #expect(try node.inventory() == before)
    }

    @Test func aConfigurationThatCannotWorkIsRefused() throws {
        let range = try #require(IPv4Range("10.42.0.0/30"))
        let small = PodNetwork.Configuration(podCIDR: range, tableName: "t", stateDirectory: "/tmp")
        #expect(throws: PodNetworkError.rangeTooSmall(range)) {
            try PodNetwork(small, logger: Logger(label: "test"))
        }
        let named = PodNetwork.Configuration(
            podCIDR: try #require(IPv4Range("10.42.0.0/24")), tableName: "a; flush ruleset", stateDirectory: "/tmp")
        #expect(throws: PodNetworkError.invalidTableName("a; flush ruleset")) {
            try PodNetwork(named, logger: Logger(label: "test"))
        }
    }
}
