import Foundation
import Glibc
import KubernetesAPI
import Linux
import SimulatedCluster
import Synchronization
import Testing

@testable import Proxy

@Suite(.enabled(if: getuid() == 0)) struct RestartTests {
    /// Connections one after another on a thread of its own, each of them counted.
    private final class Load: Sendable {
        private let counts = Mutex((asked: 0, failures: [String]()))
        private let stopped = Mutex(false)
        private let ended = DispatchSemaphore(value: 0)

        init(_ address: String, _ port: UInt16, from namespace: NetworkNamespace) {
            Thread.detachNewThread { [self] in
                while !stopped.withLock({ $0 }) {
                    do {
                        _ = try ask(address, port, from: namespace)
                        counts.withLock { $0.asked += 1 }
                    } catch { counts.withLock { $0.failures.append("\(error)") } }
                }
                ended.signal()
            }
        }

        var asked: Int { counts.withLock { $0.asked } }

        func stop() -> [String] {
            stopped.withLock { $0 = true }
            ended.wait()
            return counts.withLock { $0.failures }
        }
    }

    @Test func changesAndRestartsUnderTrafficLoseNothing() async throws {
        let node = try TestNode()
        let pods = try ["a", "b", "c"].map { ($0, try node.makePod($0)) }
        let servers = try pods.map { try TestServer($0.0, in: $0.1.namespace) }
        defer { for server in servers { server.stop() } }
        let client = try node.makePod("client")
        _ = try node.api.create(Make.service(nodePort: 30080, type: "NodePort"))
        _ = try node.api.create(Make.slice(pods.map { Make.endpoint($0.1.address) }))
        try await node.withProxy { _ in }
        // The daemon is gone; the kernel goes on.
        let loads = [
            Load("10.43.0.100", 80, from: client.namespace), Load(TestNode.address, 30080, from: node.outside),
        ]
        #expect(try await eventually { loads.allSatisfy { $0.asked > 20 } })
        for _ in 0..<3 {
            try await node.withProxy { proxy in
                for round in 0..<20 {
                    let some = pods.enumerated().filter { $0.offset != round % 3 }.map {
                        Make.endpoint($0.element.1.address)
                    }
                    try node.change(Make.slice(some))
                    try await proxy.settle(node.api)
                }
            }
        }
        // A table that takes another's place is the rarest thing that a packet meets: many of them.
        for _ in 0..<200 { try await node.withProxy { _ in } }
        let before = loads.map(\.asked)
        #expect(try await eventually { zip(loads, before).allSatisfy { $0.asked > $1 + 20 } })
        for load in loads { #expect(load.stop() == []) }
    }

    /// A class, here one for each time that clients are remembered, is a chain that is new in the transaction that leads to it.
    @Test func newClassesUnderTrafficLoseNothing() async throws {
        let node = try TestNode()
        let pods = try ["a", "b"].map { ($0, try node.makePod($0)) }
        let servers = try pods.map { try TestServer($0.0, in: $0.1.namespace) }
        defer { for server in servers { server.stop() } }
        let client = try node.makePod("client")
        _ = try node.api.create(Make.service())
        _ = try node.api.create(Make.slice(pods.map { Make.endpoint($0.1.address) }))
        try await node.withProxy { proxy in
            let loads = (0..<2).map { _ in Load("10.43.0.100", 80, from: client.namespace) }
            for seconds in 1...1500 {
                try node.change(
                    Make.service {
                        $0.spec.sessionAffinity = "ClientIP"
                        $0.spec.sessionAffinityConfig = .init(clientIP: .init(timeoutSeconds: Int32(seconds)))
                    })
                try await proxy.settle(node.api)
            }
            for load in loads { #expect(load.stop() == []) }
        }
    }

    @Test func anotherEndsTableIsMadeAnewWhenSomebodyFlushedIt() async throws {
        let node = try TestNode()
        let a = try node.makePod("a")
        let server = try TestServer("a", in: a.namespace)
        defer { server.stop() }
        _ = try node.api.create(Make.service())
        try await node.withProxy { proxy in
            try inside(node.namespace) { try Nftables.run("flush ruleset") }
            _ = try node.api.create(Make.slice([Make.endpoint(a.address)]))
            try await proxy.settle(node.api)
            #expect(try ask("10.43.0.100", 80, from: node.namespace).hasPrefix("a"))
        }
    }

    @Test func aFlushIsNoticedThoughNothingElseChanges() async throws {
        let node = try TestNode()
        let a = try node.makePod("a")
        let server = try TestServer("a", in: a.namespace)
        defer { server.stop() }
        _ = try node.api.create(Make.service())
        _ = try node.api.create(Make.slice([Make.endpoint(a.address)]))
        for (number, flush) in ["flush ruleset", "flush table ip "].enumerated() {
            try await node.withProxy { proxy in
                let table = try #require(proxy.currentTable)
                try inside(node.namespace) { try Nftables.run(flush + (number == 0 ? "" : table)) }
                let mended = try await eventually {
                    guard let now = proxy.currentTable else { return false }
                    return try proxy.netfilter.ruleCount(of: Skeleton.sentinelChain, in: now) > 0
                }
                #expect(mended, "after \(flush)")
                #expect(try ask("10.43.0.100", 80, from: node.namespace).hasPrefix("a"))
            }
        }
    }

    @Test func affinitiesOutliveTheDaemon() async throws {
        let node = try TestNode()
        let pods = try (0..<8).map { ("p\($0)-", try node.makePod("p\($0)")) }
        let servers = try pods.map { try TestServer($0.0, in: $0.1.namespace) }
        defer { for server in servers { server.stop() } }
        let clients = try (0..<4).map { try node.makePod("client\($0)") }
        _ = try node.api.create(
            Make.service {
                $0.spec.sessionAffinity = "ClientIP"
                $0.spec.sessionAffinityConfig = SessionAffinityConfig(clientIP: ClientIPConfig(timeoutSeconds: 600))
            })
        _ = try node.api.create(Make.slice(pods.map { Make.endpoint($0.1.address) }))
        func answers() throws -> [String] { try clients.map { try ask("10.43.0.100", 80, from: $0.namespace) } }
        let before = Mutex<[String]>([])
        try await node.withProxy { _ in
            let first = try answers()
            before.withLock { $0 = first }
        }
        try await node.withProxy { proxy in
            let known = try proxy.netfilter.elements(of: "affinity", in: try #require(proxy.currentTable))
            #expect(known.count == clients.count)
            #expect(known.allSatisfy { $0.timeout?.whole == 600_000 && ($0.timeout?.left ?? 0) > 500_000 })
            #expect(try answers() == before.withLock { $0 })
        }
    }

    @Test func aResolverIsNotRefusedWhileTheServerIsAway() async throws {
        let node = try TestNode()
        let client = try node.makePod("client")
        try await node.withProxy { _ in
            for from in [client.namespace, node.namespace] {
                #expect(throws: SocketFailure(call: "receive", code: EAGAIN), "silence") {
                    try ask("10.43.0.10", 53, from: from, SOCK_DGRAM)
                }
            }
            let server = try TestServer("dns", SOCK_DGRAM, port: 53, at: "10.43.0.10", in: node.namespace)
            defer { server.stop() }
            #expect(try ask("10.43.0.10", 53, from: client.namespace, SOCK_DGRAM) == "dns \(client.address)")
        }
    }

    @Test func anEstablishedConnectionOutlivesItsEndpointsDeparture() async throws {
        let node = try TestNode()
        let (a, b, client) = (try node.makePod("a"), try node.makePod("b"), try node.makePod("client"))
        let servers = [try TestServer("a", in: a.namespace), try TestServer("b", in: b.namespace)]
        defer { for server in servers { server.stop() } }
        _ = try node.api.create(Make.service())
        _ = try node.api.create(Make.slice([Make.endpoint(a.address)]))
        try await node.withProxy { proxy in
            let connection = try inside(client.namespace) {
                let connection = OwnedFD(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
                var timeout = timeval(tv_sec: 3, tv_usec: 0)
                setsockopt(
                    connection.raw, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
                try check(
                    "connect", withAddress(IPv4Address("10.43.0.100")!, 80) { connect(connection.raw, $0, $1) })
                return connection
            }
            try node.change(Make.slice([Make.endpoint(b.address)]))
            try await proxy.settle(node.api)
            #expect(try ask("10.43.0.100", 80, from: client.namespace).hasPrefix("b"))
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = recv(connection.raw, &buffer, buffer.count, 0)
            #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self).hasPrefix("a"))
            // The server waits for our end; its answer to that comes by the same way.
            shutdown(connection.raw, Int32(SHUT_WR))
            #expect(recv(connection.raw, &buffer, buffer.count, 0) == 0)
        }
    }
}
