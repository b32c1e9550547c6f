import Glibc
import Testing

@testable import Linux

/// In network namespaces of their own, which go with their descriptors.
@Suite(.enabled(if: getuid() == 0)) struct RouteSocketTests {
    private let mtu: UInt32 = 1400

    @Test func aPairAcrossNamespacesWithAddressesAndRoutes() throws {
        let (here, there) = (try NetworkNamespace.make(), try NetworkNamespace.make())
        let socket = try here.run { () throws(SystemError) in try RouteSocket.open() }
        // Opened there, used from here.
        let far = try there.run { () throws(SystemError) in try RouteSocket.open() }

        try socket.perform(
            .makeVeth(.init("a0"), peer: .init("eth0", namespace: there.fd.raw), mtu: mtu))
        let near = try #require(try socket.link(named: "a0"))
        #expect(near.kind == "veth" && near.isUp && near.mtu == 1400 && near.alias.isEmpty)
        try socket.perform(.setAlias("note", linkIndex: near.index, name: "a0"))
        #expect(try socket.link(named: "a0")?.alias == "note")
        let peer = try #require(try far.link(named: "eth0"))
        #expect(peer.mtu == 1400 && !peer.isUp)
        #expect(near.peerIndex == peer.index)

        let gateway = IPv4Address("10.9.0.1")!
        let address = IPv4Address("10.9.0.2")!
        try socket.perform(
            .addAddress(gateway, prefix: 32, linkIndex: near.index),
            .addRoute(to: .host(address), linkIndex: near.index, source: gateway))
        try far.perform(
            .setUp(linkIndex: 1, name: "lo"), .setUp(linkIndex: peer.index, name: "eth0"),
            .addAddress(address, prefix: 32, linkIndex: peer.index),
            .addRoute(to: .all, gateway: gateway, linkIndex: peer.index))

        #expect(
            try socket.addresses().contains { $0.linkIndex == near.index && $0.address == gateway && $0.prefix == 32 })
        let route = try #require(try socket.routes().first { $0.destination == .host(address) && $0.table == 254 })
        #expect(route.linkIndex == near.index && route.source == gateway && route.isUnicast && route.gateway == nil)
        let out = try #require(try far.route(to: IPv4Address("192.0.2.1")!))
        #expect(out.linkIndex == peer.index && out.gateway == gateway && out.source == address)
        #expect(try far.link(index: peer.index)?.name == "eth0")
        #expect(try far.routes().contains { $0.destination == .all && $0.gateway == gateway })
        #expect(try socket.route(to: IPv4Address("192.0.2.1")!) == nil)
        #expect(try socket.link(index: 999) == nil)

        try socket.perform(.deleteRoute(to: .host(address), linkIndex: near.index))
        #expect(try socket.routes().contains { $0.destination == .host(address) && $0.table == 254 } == false)
        try socket.perform(.deleteLink(index: near.index, name: "a0"))
        #expect(try socket.links().map(\.name) == ["lo"])
        #expect(try far.links().map(\.name) == ["lo"])
    }

    @Test func theRestOfABatchIsDoneAndTheFailureNamed() throws {
        let here = try NetworkNamespace.make()
        let socket = try here.run { () throws(SystemError) in try RouteSocket.open() }
        let address = IPv4Address("10.9.0.1")!
        let outcomes = try socket.results(of: [
            .addAddress(address, prefix: 32, linkIndex: 1),
            .addAddress(address, prefix: 32, linkIndex: 1),
            .setUp(linkIndex: 1, name: "lo"),
        ])
        #expect(outcomes[0] == nil && outcomes[2] == nil)
        let failure = try #require(outcomes[1])
        #expect(failure.call == "add address" && failure.subject == "10.9.0.1/32" && failure.code == EEXIST)
        #expect(try socket.link(named: "lo")?.isUp == true)
    }

    @Test func theKernelsWordsAreInTheError() throws {
        let here = try NetworkNamespace.make()
        let socket = try here.run { () throws(SystemError) in try RouteSocket.open() }
        let request = NetlinkRequest.addRoute(to: .all, gateway: IPv4Address("10.9.0.1")!, linkIndex: 1)
        do {
            try socket.perform(request)
            Issue.record("a route through an interface that is down")
        } catch {
            #expect(error.description.hasPrefix("add route 0.0.0.0/0: "))
            #expect(error.detail?.isEmpty == false, "\(error)")
        }
        #expect(try socket.link(named: "nothing") == nil)
    }

    @Test func aDumpLargerThanADatagram() throws {
        let here = try NetworkNamespace.make()
        let socket = try here.run { () throws(SystemError) in try RouteSocket.open() }
        try socket.perform(.setUp(linkIndex: 1, name: "lo"))
        let range = IPv4Range("10.64.0.0/16")!
        let requests = (0..<3000).map { index in
            NetlinkRequest.addRoute(
                to: .host(IPv4Address(rawValue: range.network.rawValue + UInt32(index))), linkIndex: 1)
        }
        // In parts: the acknowledgements of a send wait in the socket's buffer.
        for start in stride(from: 0, to: requests.count, by: 200) {
            try socket.perform(Array(requests[start..<start + 200]))
        }
        let found = try socket.routes().filter { $0.table == 254 && range.contains($0.destination.network) }
        #expect(Set(found.map(\.destination)).count == 3000)
    }
}

@Suite(.enabled(if: getuid() == 0)) struct NftablesTests {
    @Test func aTransactionIsAllOrNothing() throws {
        let here = try NetworkNamespace.make()
        let (listed, refused) = try here.run { () throws(SystemError) in
            do {
                try Nftables.run("add table ip swiftlet_test\nadd chain ip swiftlet_test one\n")
                var refused = ""
                do {
                    try Nftables.run("add table ip other\nadd rule ip other missing accept\n")
                } catch {
                    refused = "\(error)"
                }
                return (try Nftables.listJSON("list tables"), refused)
            } catch {
                throw SystemError("nft", "\(error)", code: EINVAL)
            }
        }
        let text = String(decoding: listed, as: UTF8.self)
        #expect(text.contains("\"swiftlet_test\"") && !text.contains("\"other\""))
        #expect(refused.hasPrefix("nftables refused: "))
    }
}
