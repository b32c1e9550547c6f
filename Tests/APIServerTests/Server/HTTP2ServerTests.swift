import Client
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import APIServer

@Suite struct HTTP2ServerTests {
    /// Says something on `/stream` and then waits to be cancelled; echoes all else.
    private static func service(_ ended: Ended) -> ScriptedService {
        ScriptedService { request in
            guard request.head.uri == "/stream" else {
                return .answer(.text("\(request.credentials.certificateUser?.name ?? "nobody") \(request.head.uri)"))
            }
            return .stream(contentType: "text/plain") { writer in
                try? await writer.write(Array("begun".utf8))
                let (silence, _) = AsyncStream<Int>.makeStream()
                for await _ in silence {}
                ended.count.withLock { $0 += 1 }
            }
        }
    }

    private final class Ended: Sendable { let count = Mutex(0) }

    @Test func servesManyStreamsOfOneUser() async throws {
        try await HTTPServerFixture.run(Self.service(Ended())) { server in
            let client = try await server.http2()
            var answers: [HTTP2Client.Answer] = []
            for index in 0..<50 { answers.append(try await client.request(.GET, "/\(index)")) }
            let all = answers
            try await eventually { all.allSatisfy(\.ended) }
            for (index, answer) in all.enumerated() { #expect(answer.text == "kubernetes-admin /\(index)") }
            await client.close()
        }
    }

    @Test func aCancelledStreamEndsItsAnswerAlone() async throws {
        let ended = Ended()
        let service = Self.service(ended)
        try await HTTPServerFixture.run(service) { server in
            let client = try await server.http2()
            let first = try await client.request(.GET, "/stream")
            let second = try await client.request(.GET, "/stream")
            try await eventually { first.text == "begun" && second.text == "begun" }
            await first.cancel()
            try await eventually { ended.count.withLock { $0 } == 1 && service.open.withLock { $0 } == 1 }
            let third = try await client.request(.GET, "/more")
            try await eventually { third.ended }
            #expect(!second.ended)
            await client.close()
            try await eventually { ended.count.withLock { $0 } == 2 }
        }
    }

    @Test func closesAnIdleConnection() async throws {
        var limits = ConnectionLimits()
        limits.idle = .seconds(1)
        try await HTTPServerFixture.run(Self.service(Ended()), limits: limits) { server in
            let client = try await server.http2()
            let answer = try await client.request(.GET, "/a")
            try await eventually { answer.ended }
            try await eventually { client.isClosed }
        }
    }

    @Test func stoppingEndsStreamsInOrder() async throws {
        let server = try await HTTPServerFixture(Self.service(Ended()))
        let client = try await server.http2()
        let answer = try await client.request(.GET, "/stream")
        try await eventually { answer.text == "begun" }
        // As in the test over HTTP/1.1: the stream's own end must win, not the bound.
        try await server.stop(grace: .seconds(30))
        try await eventually { answer.ended && client.isClosed }
    }

    /// exec needs a connection of its own: on a stream it is refused, and the process that was started ends.
    @Test func refusesAnUpgrade() async throws {
        let process = ScriptedProcess()
        let session = ExecSession(
            process: process,
            options: .init(container: "c", command: ["x"], stdin: false, stdout: true, stderr: false, tty: false),
            version: .v4)
        let service = ScriptedService { _ in .upgrade(Upgrade(headers: [], session: session)) }
        try await HTTPServerFixture.run(service) { server in
            let client = try await server.http2()
            let answer = try await client.request(.POST, "/exec")
            try await eventually { answer.ended && process.record.killed }
            #expect(answer.code == 400)
            await client.close()
        }
    }
}
