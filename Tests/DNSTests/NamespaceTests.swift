import Glibc
import Linux
import Testing

@testable import DNS

/// In a network namespace of its own, which goes with the last socket in it.
@Suite(.enabled(if: getuid() == 0, "needs root")) struct NamespaceTests {
    private let address = IPv4Address("10.43.0.10")!

    private func makeNamespace() throws -> (namespace: NetworkNamespace, links: RouteSocket) {
        let namespace = try NetworkNamespace.make()
        let links = try namespace.run { () throws(SystemError) in try RouteSocket.open() }
        try links.perform(.setUp(linkIndex: 1, name: "lo"))
        return (namespace, links)
    }

    @Test func anAddressThatComesLaterIsAnsweredOn() async throws {
        let (namespace, links) = try makeNamespace()
        let address = address
        let own = SocketAddress(address, port: testPort)
        #expect(throws: SystemError("bind udp to", "10.43.0.10:\(testPort)", code: EADDRNOTAVAIL)) {
            try namespace.run { () throws(SystemError) in _ = try InternetSocket.bound(.udp, to: own) }
        }
        let stop = try EventFD()
        let parts = try namespace.run { () throws(SystemError) in
            ServerLoop.Parts(
                datagrams: try InternetSocket.bound(.udp, to: own, absent: true),
                listener: try InternetSocket.bound(.tcp, to: own, absent: true), stop: stop, zone: makeZone(),
                resolver: HostResolver(path: "/nonexistent", own: own, port: testPort, logger: quiet),
                limits: .init(), logger: quiet)
        }
        async let server: Void = ServerThread.run(parts)
        try links.perform(.addAddress(address, prefix: 32, linkIndex: 1))
        for kind in [InternetSocket.Kind.udp, .tcp] {
            let socket = try namespace.run { () throws(SystemError) in
                try InternetSocket.connecting(kind, to: own)
            }
            let client = TestClient(socket)
            let message = question("web.default.svc.cluster.local")
            if kind == .tcp {
                try await client.write(framed(message))
                let answers = try await client.messages(1)
                #expect(answers.first.flatMap(Parsed.init)?.answers.count == 1)
            } else {
                let answer = try await client.ask(message, within: .seconds(10))
                #expect(answer.flatMap(Parsed.init)?.answers.count == 1)
            }
        }
        try stop.signal()
        try await server
    }
}
