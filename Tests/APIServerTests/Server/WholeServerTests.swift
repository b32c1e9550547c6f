import Client
import Crypto
import Foundation
import KubernetesAPI
import SwiftASN1
import Synchronization
import Testing

@testable import APIServer

/// The server as the program starts it: TLS, a registry in memory, a node of the test behind logs and exec.
@Suite struct WholeServerTests {
    private final class Fixture: Sendable {
        let directory = NSTemporaryDirectory() + "swiftlet-server-" + UUID().uuidString
        let registry: Registry
        let server: APIServer
        let node = ScriptedNode()

        init(checks: [HealthCheck] = []) async throws {
            try PrivateFile.makeDirectory(directory)
            registry = try await Registry(path: nil, logger: quiet)
            let node = node
            server = APIServer(
                configuration: APIServerConfiguration(
                    dataDirectory: directory, listenPort: 0, nodeName: "node", nodeIP: "192.0.2.1",
                    readinessChecks: checks, metrics: [{ [Metric("store_revision", help: "", value: 7)] }]),
                registry: registry, podStreams: { _ in node }, logger: quiet)
            try await server.start()
        }

        func stop() async throws {
            await server.stop()
            await registry.close()
            try FileManager.default.removeItem(atPath: directory)
        }

        func client(_ identity: String? = "admin") async throws -> TLSClient {
            try await TLSClient(port: server.port!, dataDirectory: directory, identity: identity)
        }

        /// One request on a connection of its own.
        func send(
            _ method: String, _ path: String, body: String = "", headers: String = "", as identity: String? = "admin"
        ) async throws -> (code: Int, body: String) {
            let client = try await client(identity)
            let type = body.isEmpty || headers.contains("Content-Type") ? "" : "Content-Type: application/json\r\n"
            try await client.send(
                "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(headers)\(type)"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let text = try await client.waitForClose()
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            let code = try #require(Int(text.dropFirst("HTTP/1.1 ".count).prefix(3)))
            return (code, parts.count == 2 ? String(parts[1]) : "")
        }

        /// A certificate for somebody, signed by the server's authority.
        func issue(_ name: String, _ groups: [String]) throws {
            let pki = directory + "/pki"
            let authority = try CertificateAuthority(
                certificatePEM: String(contentsOfFile: pki + "/ca.crt", encoding: .utf8),
                keyPEM: String(contentsOfFile: pki + "/ca.key", encoding: .utf8))
            let key = P256.Signing.PrivateKey()
            let certificate = try authority.issue(
                .client(user: name, groups: groups), for: key.publicKey, lifetime: 3600, now: SystemClock().now().time)
            try PrivateFile.write(Array(certificate.serializeAsPEM().pemString.utf8), to: pki + "/\(name).crt")
            try PrivateFile.write(Array(key.pemRepresentation.utf8), to: pki + "/\(name).key")
        }

        func makePod(_ name: String, containers: [String] = ["main"], node: String? = "node") async throws {
            let list = containers.map { #"{"name":"\#($0)","image":"i"}"# }.joined(separator: ",")
            let place = node.map { #","nodeName":"\#($0)""# } ?? ""
            let made = try await send(
                "POST", "/api/v1/namespaces/default/pods",
                body: #"{"metadata":{"name":"\#(name)"},"spec":{"containers":[\#(list)]\#(place)}}"#)
            try #require(made.code == 201, "\(made.body)")
        }
    }

    private func run(checks: [HealthCheck] = [], _ test: (Fixture) async throws -> Void) async throws {
        let fixture = try await Fixture(checks: checks)
        do {
            try await test(fixture)
        } catch {
            try await fixture.stop()
            throw error
        }
        try await fixture.stop()
    }

    @Test func strangersReadHealthAndVersionOnly() async throws {
        try await run { server in
            for path in ["/livez", "/readyz", "/healthz", "/version"] {
                #expect(try await server.send("GET", path, as: nil).code == 200, "\(path)")
            }
            for path in [
                "/metrics", "/api", "/openapi/v2", "/api/v1/pods", "/nothing", "/livez/ping/x/../../metrics",
                "/version/x/y",
            ] {
                let code = try await server.send("GET", path, as: nil).code
                #expect([400, 401, 404].contains(code), "\(path)")
                #expect(path.hasPrefix("/livez") || path.hasPrefix("/version") || code == 401, "\(path)")
            }
        }
    }

    @Test func othersAreForbiddenByName() async throws {
        try await run { server in
            try server.issue("jane", ["dev"])
            let list = try await server.send("GET", "/api/v1/namespaces/default/pods", as: "jane")
            #expect(list.code == 403)
            #expect(
                list.body.contains(#"User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace"#))
            // Nothing tells a forbidden user what there is.
            #expect(try await server.send("GET", "/api/v1/nonsense", as: "jane").code == 403)
            try server.issue("root", ["system:masters"])
            #expect(try await server.send("GET", "/api/v1/namespaces/default/pods", as: "root").code == 200)
        }
    }

    @Test func createsReadsAndDeletes() async throws {
        try await run { server in
            let path = "/api/v1/namespaces/default/configmaps"
            #expect(
                try await server.send("POST", path, body: #"{"metadata":{"name":"a"},"data":{"k":"v"}}"#).code == 201)
            #expect(try await server.send("GET", path + "/a").body.contains(#""k":"v""#))
            #expect(try await server.send("POST", path, body: #"{"metadata":{"name":"a"}}"#).code == 409)
            let patched = try await server.send(
                "PATCH", path + "/a", body: #"{"data":{"k":"w"}}"#,
                headers: "Content-Type: application/merge-patch+json\r\n")
            #expect(patched.body.contains(#""k":"w""#))
            #expect(try await server.send("DELETE", path + "/a").code == 200)
            #expect(try await server.send("GET", path + "/a").code == 404)
        }
    }

    @Test(arguments: [
        ("PUT", "/api/v1/nodes", 405), ("POST", "/api/v1/pods", 405), ("OPTIONS", "/api/v1/pods", 405),
        ("PUT", "/version", 405), ("GET", "/api/v1/namespaces/x/nodes", 404), ("GET", "/api/v1/nothing", 404),
        ("GET", "/apis/apps/v9/deployments", 404), ("POST", "/api/v1/namespaces/x/pods/p/status", 405),
        ("GET", "/api/v1/namespaces/x/pods/p/nothing", 404), ("POST", "/api/v1/namespaces/x/pods/p/attach", 501),
        ("GET", "/api/v1/pods?watch=true&timeoutSeconds=x", 400), ("GET", "/%zz", 400), ("GET", "/", 404),
    ]) func refusesWithAStatus(_ method: String, _ path: String, _ code: Int) async throws {
        try await run { server in
            let answer = try await server.send(method, path)
            #expect(answer.code == code)
            #expect(answer.body.contains(#""kind":"Status""#))
        }
    }

    @Test func watchesUntilTheServerStops() async throws {
        let fixture = try await Fixture()
        let client = try await fixture.client()
        try await client.send("GET /api/v1/configmaps?watch=true&resourceVersion=0 HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await client.wait { $0.contains("200 OK") }
        _ = try await fixture.send(
            "POST", "/api/v1/namespaces/default/configmaps", body: #"{"metadata":{"name":"seen"}}"#)
        #expect(try await client.wait { $0.contains("\"seen\"") }.contains(#""type":"ADDED""#))
        #expect(try await fixture.send("GET", "/metrics").body.contains("apiserver_registered_watchers 1\n"))
        try await fixture.stop()
        #expect(try await client.waitForClose().hasSuffix("0\r\n\r\n"))
    }

    @Test func readinessNamesWhatFailed() async throws {
        try await run(checks: [HealthCheck("store") { "disk full" }]) { server in
            let answer = try await server.send("GET", "/readyz", as: nil)
            #expect(answer.code == 500)
            #expect(answer.body.contains("[-]store failed: reason withheld"))
            #expect(!answer.body.contains("disk"))
            #expect(try await server.send("GET", "/livez", as: nil).code == 200)
        }
    }

    @Test func printsMetricsOfOthers() async throws {
        try await run { server in
            _ = try await server.send("GET", "/api/v1/nodes")
            let body = try await server.send("GET", "/metrics").body
            #expect(body.contains("store_revision 7\n"))
            // kube-root objects of a fresh server: its namespaces.
            #expect(body.contains(#"apiserver_storage_objects{resource="namespaces"} 4"#))
            #expect(
                body.contains(
                    #"resource="nodes",scope="cluster",subresource="",verb="LIST",version="v1",code="200"} 1"#))
            #expect(body.contains("process_resident_memory_bytes "))
        }
    }

    @Test func servesLogs() async throws {
        try await run { server in
            try await server.makePod("one")
            try await server.makePod("two", containers: ["a", "b"])
            try await server.makePod("pending", node: nil)
            let path = "/api/v1/namespaces/default/pods"
            let log = try await server.send("GET", "\(path)/one/log?tailLines=3&timestamps=true&container=main")
            #expect(log.code == 200)
            #expect(log.body.contains("log of main"))
            let options = server.node.asked.withLock { $0 }
            #expect(options?.tailLines == 3)
            #expect(options?.timestamps == true)
            #expect(try await server.send("GET", "\(path)/pending/log").body == "")
            let choose = try await server.send("GET", "\(path)/two/log")
            #expect(choose.code == 400)
            #expect(choose.body.contains("a container name must be specified for pod two, choose one of: [a b]"))
            #expect(try await server.send("GET", "\(path)/none/log").code == 404)
            #expect(try await server.send("GET", "\(path)/one/log?tailLines=-1").code == 422)
        }
    }

    @Test func refusesExecBeforeAnythingStarts() async throws {
        try await run { server in
            try await server.makePod("one")
            try await server.makePod("pending", node: nil)
            let path = "/api/v1/namespaces/default/pods"
            let upgrade = "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n"
            let cases = [
                ("one/exec?command=x&stdout=true", "", 400), ("one/exec?stdout=true", upgrade, 400),
                ("one/exec?command=x", upgrade, 400), ("none/exec?command=x&stdout=true", upgrade, 404),
                ("pending/exec?command=x&stdout=true", upgrade, 400),
                ("one/exec?command=x&stdout=true&container=z", upgrade, 400),
                ("one/exec?command=x&stdout=true", upgrade.replacing("v4", with: "v9"), 403),
                ("one/exec?command=x&stdout=true", "Connection: Upgrade\r\nUpgrade: websocket\r\n", 400),
                ("one/exec?command=missing&stdout=true", upgrade, 400),
            ]
            for (query, headers, code) in cases {
                let answer = try await server.send("POST", "\(path)/\(query)", headers: headers)
                #expect(answer.code == code, "\(query) \(answer.body)")
                #expect(answer.body.contains(#""kind":"Status""#), "\(query)")
            }
            #expect(server.node.started.withLock { $0 } == 0)
        }
    }

    @Test func aSecondServerOnThePortSaysSo() async throws {
        try await run { first in
            let second = APIServer(
                configuration: APIServerConfiguration(
                    dataDirectory: first.directory, listenPort: first.server.port!, nodeName: "node",
                    nodeIP: "192.0.2.1"),
                registry: first.registry, podStreams: { _ in nil }, logger: quiet)
            await #expect { try await second.start() } throws: { error in
                "\(error)".hasPrefix("cannot listen on 127.0.0.1:\(first.server.port!)")
            }
        }
    }
}

/// A node of the tests: every log names its container, and the command `missing` cannot start.
private final class ScriptedNode: PodStreams {
    let asked = Mutex<LogOptions?>(nil)
    let started = Mutex(0)

    func logs(_ pod: Pod, _ options: LogOptions) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        asked.withLock { $0 = options }
        return AsyncThrowingStream { continuation in
            continuation.yield(Array("log of \(options.container)\n".utf8))
            continuation.finish()
        }
    }

    func exec(_ pod: Pod, _ options: ExecOptions) async throws -> any ExecProcess {
        if options.command == ["missing"] { throw APIError.badRequest("no such file: missing") }
        started.withLock { $0 += 1 }
        return ScriptedProcess()
    }
}
