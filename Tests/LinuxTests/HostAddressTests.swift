import Glibc
import Synchronization
import Testing

@testable import Linux

/// In a network namespace of its own, which goes with its descriptor.
@Suite(.enabled(if: getuid() == 0)) struct HostAddressTests {
    private let old = IPv4Address("192.0.2.1")!
    private let new = IPv4Address("192.0.2.7")!

    @Test(.timeLimit(.minutes(1))) func aChangeIsToldAndFollowed() async throws {
        let here = try NetworkNamespace.make()
        let socket = try here.run { () throws(SystemError) in try RouteSocket.open() }
        try socket.perform(.makeVeth(.init("a0"), peer: .init("a1"), mtu: 1500))
        let link = try #require(try socket.link(named: "a0")).index
        let peer = try #require(try socket.link(named: "a1")).index
        try socket.perform(.setUp(linkIndex: peer, name: "a1"), .addAddress(old, prefix: 24, linkIndex: link))
        let address = try here.run { () throws(SystemError) in try HostAddress(except: []) }
        #expect(address.current == old && address.isFollowed)
        #expect(try address.look() == nil)

        let changes = try here.run { () throws(SystemError) in try RouteMonitor.changes() }
        let heard = Mutex<[IPv4Address]>([])
        address.onChange { new in heard.withLock { $0.append(new) } }
        try socket.perform(.addAddress(new, prefix: 24, linkIndex: link))
        for await _ in changes { break }
        #expect(try address.look() == nil, "the old one is still there")
        let deletion = try here.run { () throws(SystemError) in try RouteMonitor.changes() }
        // The link goes and comes with another address: what a lease that is given anew looks like.
        try socket.perform(.deleteLink(index: link, name: "a0"))
        for await _ in deletion { break }
        #expect(try address.look() == nil, "there is nothing better to say")
        try socket.perform(.makeVeth(.init("a0"), peer: .init("a1"), mtu: 1500))
        let again = try #require(try socket.link(named: "a0")).index
        try socket.perform(
            .addAddress(new, prefix: 24, linkIndex: again),
            .addRoute(to: .all, gateway: IPv4Address("192.0.2.254")!, linkIndex: again))
        #expect(try address.look() == old)
        #expect(address.current == new && heard.withLock(\.self) == [new])
    }

    @Test func oneThatWasGivenStays() throws {
        let address = HostAddress(fixed: old)
        #expect(try address.look() == nil && address.current == old && !address.isFollowed)
    }
}
