import Client
import Foundation
import KubernetesAPI
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

@testable import APIServer

/// The transport with a service of the test behind it, on a free port, its files in a directory of its own.
final class HTTPServerFixture: Sendable {
    let directory = NSTemporaryDirectory() + "swiftlet-front-" + UUID().uuidString
    let group = MultiThreadedEventLoopGroup.singleton
    let listener: any Channel
    let streams = StreamTasks()
    let connections = OpenConnections()

    init(_ service: any HTTPService, limits: ConnectionLimits = ConnectionLimits()) async throws {
        let logger = quiet
        try PrivateFile.makeDirectory(directory)
        let pki = try PKI.prepare(
            directory: directory + "/pki", server: .server(names: ["localhost"], addresses: ["127.0.0.1"]),
            now: SystemClock().now().time, logger: logger)
        let initializer = ConnectionInitializer(
            tls: try TLSContext(pki), service: service, limits: limits, streams: streams,
            dates: DateHeader(clock: SystemClock()), logger: logger)
        let connections = connections
        listener = try await ServerBootstrap(group: group).childChannelInitializer { channel in
            _ = connections.add(channel, limit: limits.connections)
            return initializer.install(on: channel)
        }.bind(host: "127.0.0.1", port: 0).get()
    }

    func client(certificate: Bool = true) async throws -> TLSClient {
        try await TLSClient(
            port: listener.localAddress!.port!, dataDirectory: directory,
            identity: certificate ? "admin" : nil)
    }

    func http2() async throws -> HTTP2Client {
        try await HTTP2Client(port: listener.localAddress!.port!, dataDirectory: directory)
    }

    func stop(grace: TimeAmount = .milliseconds(100)) async throws {
        try await listener.close()
        streams.stop()
        await connections.close(grace: grace)
        try FileManager.default.removeItem(atPath: directory)
    }

    /// Runs a test against a service and cleans up whatever its outcome.
    static func run(
        _ service: any HTTPService, limits: ConnectionLimits = ConnectionLimits(),
        _ test: (HTTPServerFixture) async throws -> Void
    ) async throws {
        let fixture = try await HTTPServerFixture(service, limits: limits)
        do {
            try await test(fixture)
        } catch {
            try await fixture.stop()
            throw error
        }
        try await fixture.stop()
    }
}

/// Answers as the test says, and remembers what it was told.
final class ScriptedService: HTTPService {
    let answer: @Sendable (HTTPRequest) -> HTTPOutcome
    let requests = Mutex<[HTTPRequest]>([])
    let codes = Mutex<[Int]>([])
    let open = Mutex(0)

    init(_ answer: @escaping @Sendable (HTTPRequest) -> HTTPOutcome) { self.answer = answer }

    func refusal(of head: HTTPRequestHead, _ credentials: Credentials) -> HTTPAnswer? {
        credentials.certificateUser == nil ? HTTPAnswer(Gatekeeper.unauthorized) : nil
    }

    func respond(to request: HTTPRequest) -> (labels: RequestLabels, outcome: HTTPOutcome) {
        requests.withLock { $0.append(request) }
        return (RequestLabels(verb: request.method.rawValue), answer(request))
    }

    func finished(_ labels: RequestLabels, code: Int, seconds: Double) { codes.withLock { $0.append(code) } }
    func streaming(_ labels: RequestLabels, _ change: Int) { open.withLock { $0 += change } }
}
