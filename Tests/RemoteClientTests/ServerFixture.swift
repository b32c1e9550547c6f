import APIServer
import Client
import Foundation
import KubernetesAPI
import Logging
import NIOCore

@testable import RemoteClient

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A real API server on loopback with a registry in memory, which can go away and come back on its port.
actor ServerFixture {
    nonisolated let directory = NSTemporaryDirectory() + "swiftlet-remote-" + UUID().uuidString
    nonisolated let registry: Registry
    private var server: APIServer?
    private(set) var port = 0

    private let listen: String

    private init(listen: String) async throws {
        self.listen = listen
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        registry = try await Registry(path: nil, logger: quiet)
    }

    static func run(listen: String = "127.0.0.1", _ test: (ServerFixture) async throws -> Void) async throws {
        let fixture = try await ServerFixture(listen: listen)
        do {
            try await fixture.start()
            try await test(fixture)
        } catch {
            await fixture.end()
            throw error
        }
        await fixture.end()
    }

    func start() async throws {
        let server = APIServer(
            configuration: APIServerConfiguration(
                dataDirectory: directory, listenAddress: listen, listenPort: port, nodeName: "node",
                nodeIP: "192.0.2.1",
                podRange: { $0 < 256 ? "10.42.\($0).0/24" : nil }
            ),
            registry: registry, podStreams: { _ in nil }, logger: quiet)
        try await server.start()
        self.server = server
        port = server.port ?? 0
    }

    func stop() async {
        await server?.stop()
        server = nil
    }

    private func end() async {
        await stop()
        await registry.close()
        // A temporary directory that stays behind is no failure of the test.
        try? FileManager.default.removeItem(atPath: directory)
    }

    nonisolated func pki(_ name: String) throws -> String {
        try String(contentsOfFile: directory + "/pki/" + name, encoding: .utf8)
    }

    func transport(
        host: String = "127.0.0.1", identity name: String? = "admin", trust: Trust? = nil
    ) throws -> HTTPTransport {
        let identity = try name.map { ClientIdentity(certificate: try pki($0 + ".crt"), key: try pki($0 + ".key")) }
        return try HTTPTransport(
            Endpoint(host: host, port: port), trust: try trust ?? .authority(pki("ca.crt")), identity: identity)
    }

    func client() throws -> RemoteClient { RemoteClient(try transport()) }
}

/// Waits for a condition, at most 20 s.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<2000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
