import Client
import Crypto
import Foundation
import ImageStore
import KubernetesAPI
import Logging
import RemoteClient
import SwiftASN1
import Testing
import X509

@testable import APIServer
@testable import Node

/// Images over the cluster's own TLS on loopback, from API servers as sources.
@Suite(.serialized) struct ImageTLSTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Servers that share one authority, each with a store of its own.
    private static func withServers(
        _ count: Int, _ body: (_ peers: Peers, _ servers: [APIServer], _ pki: String) async throws -> Void
    ) async throws {
        let peers = try Peers()
        var servers: [APIServer] = []
        var registries: [Registry] = []
        var failure: (any Error)?
        let first = peers.directory.path + "/s0"
        do {
            for number in 0..<count {
                let name = "s\(number)"
                let store = try peers.add(name)
                if number > 0 {
                    try FileManager.default.createDirectory(
                        atPath: peers.directory.path + "/\(name)/pki", withIntermediateDirectories: true)
                    for file in ["ca.crt", "ca.key"] {
                        try FileManager.default.copyItem(
                            atPath: first + "/pki/" + file, toPath: peers.directory.path + "/\(name)/pki/" + file)
                    }
                }
                let registry = try await Registry(path: nil, logger: quiet)
                registries.append(registry)
                let server = APIServer(
                    configuration: APIServerConfiguration(
                        dataDirectory: peers.directory.path + "/" + name, listenAddress: "127.0.0.1", listenPort: 0,
                        nodeName: name, nodeIP: "192.0.2.1"),
                    registry: registry, podStreams: { _ in nil }, images: ImageServer(store), logger: quiet)
                try await server.start()
                servers.append(server)
            }
            try await body(peers, servers, first + "/pki/")
        } catch { failure = error }
        for server in servers { await server.stop() }
        for registry in registries { await registry.close() }
        if let failure { throw failure }
    }

    private static func credentials(
        _ pki: String, _ profile: CertificateProfile = .node("here")
    ) throws -> PeerCredentials {
        let authority = try CertificateAuthority(
            certificatePEM: String(contentsOfFile: pki + "ca.crt", encoding: .utf8),
            keyPEM: String(contentsOfFile: pki + "ca.key", encoding: .utf8))
        let key = P256.Signing.PrivateKey()
        let certificate = try authority.issue(
            profile, for: key.publicKey, lifetime: 3600,
            now: Time(seconds: Int64(Foundation.Date().timeIntervalSince1970)))
        return PeerCredentials(
            authority: try authority.certificate.serializeAsPEM().pemString,
            identity: ClientIdentity(
                certificate: try certificate.serializeAsPEM().pemString, key: key.pemRepresentation))
    }

    private static func sources(
        _ servers: [APIServer], _ credentials: PeerCredentials
    ) throws -> [(name: String, source: any ImageSource)] {
        try servers.enumerated().map {
            (
                "s\($0.offset)",
                try HTTPImageSource(
                    .init(name: "s\($0.offset)", host: "127.0.0.1", port: $0.element.port ?? 0, isReady: true),
                    credentials)
            )
        }
    }

    @Test(arguments: [1, 2]) func anImageComesOverTLS(_ count: Int) async throws {
        try await Self.withServers(count) { peers, servers, pki in
            let content = noise(20 << 20, seed: 7)
            var image: Image?
            for number in 0..<count {
                image = try importFile("web:1", content, into: peers["s\(number)"], peers.directory.path)
            }
            let id = try #require(image).id
            let here = try peers.add("here")
            let fetched = try await ImageFetch(
                id: id, store: here, sources: try Self.sources(servers, try Self.credentials(pki)), clock: peers.clock
            ).run(names: ["web:1": 1])
            #expect(fetched.id == id)
            #expect(try here.find("web:1")?.layers == image?.layers)
        }
    }

    /// One of two goes away in the middle.
    @Test func aCutConnectionIsSurvived() async throws {
        try await Self.withServers(2) { peers, servers, pki in
            let content = noise(40 << 20, seed: 8)
            var id = ""
            for number in 0..<2 {
                id = try importFile("web:1", content, into: peers["s\(number)"], peers.directory.path).id
            }
            let here = try peers.add("here")
            let sources = try Self.sources(servers, try Self.credentials(pki))
            let cutting = Cutting(sources[0].source) { await servers[0].stop() }
            let fetched = try await ImageFetch(
                id: id, store: here, sources: [("s0", cutting), sources[1]], clock: peers.clock
            ).run(names: ["web:1": 1])
            #expect(fetched.id == id)
        }
    }

    @Test func onlyNodesMayRead() async throws {
        try await Self.withServers(1) { peers, servers, pki in
            _ = try importFile("web:1", [1], into: peers["s0"], peers.directory.path)
            let path = ImageExchange.path(ofName: "web:1")
            func code(_ credentials: PeerCredentials, _ path: String) async throws -> Int {
                do {
                    _ = try await Self.sources(servers, credentials)[0].source.get(path, limit: 1 << 20)
                    return 200
                } catch let error as APIError { return error.code }
            }
            let node = try Self.credentials(pki)
            #expect(try await code(node, path) == 200)
            #expect(try await code(node, ImageExchange.path(ofName: "web:2")) == 404)
            #expect(try await code(node, "/images/v1/names/../../../etc/passwd") == 400)
            // Nodes' other rights are not these.
            #expect(try await code(node, "/metrics") == 403)
            #expect(try await code(try Self.credentials(pki, .client(user: "eve", groups: ["users"])), path) == 403)
        }
    }

    /// An agent's server: it shows the node's name, and tells nothing but images.
    @Test func aNodesOwnServer() async throws {
        try await Self.withServers(1) { peers, _, pki in
            let image = try importFile("web:1", noise(5 << 20, seed: 9), into: peers["s0"], peers.directory.path)
            let own = try Self.credentials(pki, .node("n1"))
            let registry = try await Registry(path: nil, logger: Self.quiet)
            let server = try NodeServer(
                node: "n1", port: 0, authority: own.authority, certificate: own.identity.certificate,
                key: own.identity.key, client: InProcessClient(registry), streams: NoStreams(),
                images: ImageServer(peers["s0"]), clock: peers.clock, logger: Self.quiet)
            try await server.start()
            let port = server.port ?? 0
            func source(_ name: String, _ credentials: PeerCredentials) throws -> HTTPImageSource {
                try HTTPImageSource(.init(name: name, host: "127.0.0.1", port: port, isReady: true), credentials)
            }
            func code(_ name: String, _ credentials: PeerCredentials, _ path: String) async throws -> Int {
                do {
                    _ = try await source(name, credentials).get(path, limit: 1 << 20)
                    return 200
                } catch let error as APIError { return error.code }
            }
            let node = try Self.credentials(pki, .node("n2"))
            let path = ImageExchange.path(ofName: "web:1")
            do {
                let here = try peers.add("here")
                let fetched = try await ImageFetch(
                    id: image.id, store: here, sources: [("n1", try source("n1", node))], clock: peers.clock
                ).run(names: ["web:1": 1])
                #expect(fetched.id == image.id)
                #expect(try await code("n1", node, path) == 200)
                #expect(try await code("n1", node, "/version") == 403)
                #expect(try await code("n1", node, "/api/v1/nodes") == 403)
                // It is n1, and nobody else; and not everybody may ask it.
                #expect(try await code("n3", node, path) == 503)
                #expect(try await code("n1", try Self.credentials(pki, .client(user: "eve", groups: [])), path) == 403)
                // A certificate that was renewed is shown from then on.
                let renewed = try Self.credentials(pki, .node("n3"))
                try server.replace(certificate: renewed.identity.certificate, key: renewed.identity.key)
                #expect(try await code("n3", node, path) == 200)
            } catch {
                await server.stop()
                throw error
            }
            await server.stop()
            #expect(try await code("n3", node, path) == 503)
        }
    }

    /// Ends its server once a few pieces have come.
    private actor Cutting: ImageSource {
        let source: any ImageSource
        let cut: @Sendable () async -> Void
        var count = 0

        init(_ source: any ImageSource, _ cut: @escaping @Sendable () async -> Void) {
            self.source = source
            self.cut = cut
        }

        func get(_ path: String, limit: Int) async throws -> [UInt8] {
            count += 1
            if count == 4 { await cut() }
            return try await source.get(path, limit: limit)
        }
    }
}

/// A node without pods.
private struct NoStreams: PodStreams {
    func logs(_ pod: Pod, _ options: LogOptions) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        throw APIError.badRequest("no pods here")
    }
    func exec(_ pod: Pod, _ options: ExecOptions) async throws -> any ExecProcess {
        throw APIError.badRequest("no pods here")
    }
}
