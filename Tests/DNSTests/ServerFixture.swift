import Client
import Foundation
import KubernetesAPI
import Linux
import SimulatedCluster
import Testing

@testable import DNS

/// A running server on loopback, over an API in memory.
struct ServerFixture: Sendable {
    let api: MemoryAPI
    let client: MemoryClient
    let address: IPv4Address
    let resolvConf: String

    /// Runs `body` against a server that answers, and takes everything down on any way out.
    static func run(
        _ upstreams: [IPv4Address] = [], limits: Forwarder.Limits = .init(),
        _ body: @escaping @Sendable (ServerFixture) async throws -> Void
    ) async throws {
        let address = freshAddress()
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("resolv-\(UUID()).conf").path
        let fixture = ServerFixture(
            api: MemoryAPI(clock: SimulatedClock()), address: address, resolvConf: path)
        defer { unlink(path) }
        try fixture.write(upstreams)
        _ = try fixture.api.create(Namespace(metadata: ObjectMeta(name: "default")))
        _ = try fixture.api.create(makeService("web") { $0.clusterIP = "10.43.7.7" })
        let informers = Informers(fixture.client, logger: quiet)
        let server = try fixture.makeServer(informers, limits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await informers.run() }
            group.addTask { try await server.run() }
            group.addTask {
                try await fixture.waitUntilAnswering()
                try await body(fixture)
            }
            // The body's end; the server's only when it fails.
            do { try await group.next() } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            // Cancelled informers may say so.
            while !group.isEmpty { do { try await group.next() } catch is CancellationError {} }
        }
    }

    private init(api: MemoryAPI, address: IPv4Address, resolvConf: String) {
        self.api = api
        client = MemoryClient(api: api)
        self.address = address
        self.resolvConf = resolvConf
    }

    func makeServer(_ informers: Informers, _ limits: Forwarder.Limits = .init()) throws -> DNSServer {
        var configuration = DNSConfiguration(
            address: address, serviceCIDR: IPv4Range("10.43.0.0/16")!, podCIDR: IPv4Range("10.42.0.0/16")!)
        configuration.port = testPort
        configuration.upstreamPort = testPort
        configuration.resolvConfPath = resolvConf
        return try DNSServer(configuration, informers, SystemClock(), quiet, limits: limits)
    }

    func write(_ upstreams: [IPv4Address]) throws {
        try upstreams.map { "nameserver \($0)\n" }.joined().write(toFile: resolvConf, atomically: true, encoding: .utf8)
    }

    private func waitUntilAnswering() async throws {
        try await eventually {
            let client = try TestClient(address)
            return try await client.ask(question("web.default.svc.cluster.local"), within: .milliseconds(100)) != nil
        }
    }

    /// The answer to one question over UDP.
    func ask(
        _ name: String, _ type: UInt16 = RecordType.a, edns: UInt16? = nil, within time: Duration = .seconds(10)
    ) async throws -> Parsed {
        let id = UInt16.random(in: 0...65535)
        let client = try TestClient(address)
        let bytes = try await client.ask(question(name, type, id: id, edns: edns), within: time)
        let parsed = try #require(bytes.flatMap(Parsed.init), "no answer about \(name) in \(time)")
        #expect(parsed.id == id)
        return parsed
    }
}

/// A UDP or TCP socket that waits without holding a thread.
final class TestClient: Sendable {
    let socket: InternetSocket

    init(_ socket: InternetSocket) { self.socket = socket }

    init(_ address: IPv4Address, _ kind: InternetSocket.Kind = .udp) throws {
        socket = try InternetSocket.connecting(kind, to: SocketAddress(address, port: testPort))
    }

    func ask(_ message: [UInt8], within time: Duration) async throws -> [UInt8]? {
        _ = try socket.send(message[...])
        return try await receive(within: time)
    }

    func receive(within time: Duration) async throws -> [UInt8]? {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            // A port where nobody listens yet refuses.
            if let bytes = try? receiveNow() { return bytes }
            try await Task.sleep(for: .milliseconds(1))
        }
        return nil
    }

    /// Nil when nothing has come.
    func receiveNow() throws -> [UInt8]? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 70000, alignment: 8)
        defer { buffer.deallocate() }
        return try socket.receive(buffer).map { Array(buffer[..<$0]) }
    }

    /// Sends framed messages over TCP once it is connected.
    func write(_ bytes: [UInt8]) async throws {
        var done = 0
        try await eventually {
            done += (try? socket.send(bytes[done...])) ?? 0
            return done == bytes.count
        }
    }

    /// The framed messages that come, `count` of them; fewer when the connection ends or the time is over.
    func messages(_ count: Int, within time: Duration = .seconds(10)) async throws -> [[UInt8]] {
        var input: [UInt8] = []
        var messages: [[UInt8]] = []
        while messages.count < count, let more = try await receive(within: time), !more.isEmpty {
            input += more
            while input.count >= 2, input.count >= 2 + (Int(input[0]) << 8 | Int(input[1])) {
                let length = Int(input[0]) << 8 | Int(input[1])
                messages.append(Array(input[2..<2 + length]))
                input.removeFirst(2 + length)
            }
        }
        return messages
    }
}

func framed(_ message: [UInt8]) -> [UInt8] { [UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message }

func eventually(within time: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + time
    while try await !condition() {
        try #require(ContinuousClock.now < end, "it did not happen in \(time)")
        try await Task.sleep(for: .milliseconds(2))
    }
}
