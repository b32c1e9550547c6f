import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import APIServer

@Suite struct HTTPServerTests {
    private static let echo = ScriptedService { request in
        .answer(
            .text("\(request.credentials.certificateUser?.name ?? "nobody") \(request.head.uri) \(request.body.count)"))
    }

    @Test func knowsTheUserAndKeepsTheConnection() async throws {
        try await HTTPServerFixture.run(Self.echo) { server in
            let client = try await server.client()
            try await client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
            let text = try await client.wait { $0.contains("/b 0") }
            #expect(text.contains("kubernetes-admin /a 0"))
            #expect(text.contains("Audit-Id: "))
            #expect(text.contains("Date: "))
            #expect(!client.isClosed)
        }
    }

    @Test func aClientWithoutCertificateIsNobody() async throws {
        try await HTTPServerFixture.run(Self.echo) { server in
            let client = try await server.client(certificate: false)
            try await client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.wait { $0.contains("/a 0") }.contains("nobody /a 0"))
        }
    }

    @Test func aStrangersBodyIsNotRead() async throws {
        let service = ScriptedService { _ in .answer(.text("never")) }
        try await HTTPServerFixture.run(service) { server in
            let client = try await server.client(certificate: false)
            try await client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc")
            #expect(try await client.wait { $0.contains("\"Unauthorized\"") }.hasPrefix("HTTP/1.1 401"))
            #expect(service.requests.withLock { $0.isEmpty })
        }
    }

    @Test func headHasNoBody() async throws {
        try await HTTPServerFixture.run(Self.echo) { server in
            let client = try await server.client()
            try await client.send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = try await client.waitForClose()
            #expect(text.contains("Content-Length: 21"))
            #expect(text.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func refusesABodyThatIsTooLong() async throws {
        var limits = ConnectionLimits()
        limits.body = 1000
        try await HTTPServerFixture.run(Self.echo, limits: limits) { server in
            let announced = try await server.client()
            try await announced.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
            #expect(try await announced.wait { $0.contains("too large") }.hasPrefix("HTTP/1.1 413"))
            let chunk = "3e8\r\n" + String(repeating: "a", count: 1000) + "\r\n"
            let chunked = try await server.client()
            try await chunked.send(
                "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n")
            #expect(try await chunked.waitForClose().hasPrefix("HTTP/1.1 413"))
            let fits = try await server.client()
            try await fits.send(
                "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + "0\r\n\r\n")
            #expect(try await fits.wait { $0.contains("/a 1000") }.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func refusesWhatIsNotHTTP() async throws {
        try await HTTPServerFixture.run(Self.echo) { server in
            for bytes in ["\r\n\r\nnonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\0 HTTP/1.1\r\n\r\n"] {
                let client = try await server.client()
                try await client.send(bytes)
                let text = try await client.waitForClose()
                #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 400"), "\(bytes)")
            }
        }
    }

    @Test func refusesHeadersWithoutEnd() async throws {
        var limits = ConnectionLimits()
        limits.headers = 4096
        try await HTTPServerFixture.run(Self.echo, limits: limits) { server in
            let client = try await server.client()
            let field = "X-Long: " + String(repeating: "a", count: 500) + "\r\n"
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: field, count: 20) + "\r\n")
            #expect(!(try await client.waitForClose().contains("200 OK")))
        }
    }

    @Test func closesAClientThatNeverEndsItsHead() async throws {
        var limits = ConnectionLimits()
        limits.idle = .milliseconds(300)
        try await HTTPServerFixture.run(Self.echo, limits: limits) { server in
            let client = try await server.client()
            // On a busy machine the server may be done waiting before this is sent, which is as good.
            try? await client.send("GET / HTTP/1.1\r\nHost:")
            #expect(try await client.waitForClose() == "")
        }
    }

    @Test func closesAClientThatNeverEndsItsBody() async throws {
        var limits = ConnectionLimits()
        limits.bodyTime = .milliseconds(100)
        try await HTTPServerFixture.run(Self.echo, limits: limits) { server in
            let client = try await server.client()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            #expect(try await client.waitForClose() == "")
        }
    }

    @Test func aRefusedUpgradeEndsTheConnection() async throws {
        let service = ScriptedService { _ in .answer(.text("no", code: 403)) }
        try await HTTPServerFixture.run(service) { server in
            let client = try await server.client()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n")
            let text = try await client.waitForClose()
            #expect(text.hasPrefix("HTTP/1.1 403"))
            #expect(text.contains("Connection: close"))
        }
    }

    @Test func streamsAndNoticesThatTheClientLeft() async throws {
        let ended = Mutex(false)
        let service = ScriptedService { _ in
            .stream(contentType: "application/json") { writer in
                try? await writer.write(Array("first\n".utf8))
                // Nothing more to send: only the cancellation ends the wait.
                let (silence, _) = AsyncStream<Int>.makeStream()
                for await _ in silence {}
                ended.withLock { $0 = true }
            }
        }
        try await HTTPServerFixture.run(service) { server in
            let client = try await server.client()
            try await client.send("GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await client.wait { $0.contains("first") }
            #expect(service.open.withLock { $0 } == 1)
            await client.close()
            try await eventually { ended.withLock { $0 } && service.open.withLock { $0 } == 0 }
        }
    }

    /// A watcher that does not read is closed, and what waits for it stays small.
    @Test func closesAStreamThatNobodyReads() async throws {
        var limits = ConnectionLimits()
        limits.write = .milliseconds(200)
        let written = Mutex(0)
        let ended = Mutex(false)
        let service = ScriptedService { _ in
            .stream(contentType: "application/json") { writer in
                let chunk = [UInt8](repeating: 0x61, count: 64 * 1024)
                while (try? await writer.write(chunk)) != nil { written.withLock { $0 += chunk.count } }
                ended.withLock { $0 = true }
            }
        }
        try await HTTPServerFixture.run(service, limits: limits) { server in
            let client = try await server.client()
            try await client.send("GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await client.wait { $0.contains("200 OK") }
            try await client.stopReading()
            try await eventually { ended.withLock { $0 } }
            // The kernel's socket buffers on both ends hold a few megabytes; without a bound this would not end at all.
            #expect(written.withLock { $0 } < 64 << 20)
            await client.close()
        }
    }

    /// The half head is a parser's error when the connection ends, and no answer may be written to it any more.
    @Test func stoppingSurvivesHalfAHead() async throws {
        let server = try await HTTPServerFixture(Self.echo)
        let client = try await server.client()
        try await client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await client.wait { $0.contains("/a 0") }
        try await client.send("GET /b HTTP/1.1\r\nHost:")
        // The answer to a second connection shows that the loop has come past the half head's bytes.
        let other = try await server.client()
        try await other.send("GET /c HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await other.wait { $0.contains("/c 0") }
        try await server.stop()
        #expect(!(try await client.waitForClose().contains("400")))
    }

    @Test func stoppingEndsStreamsWithTheirLastChunk() async throws {
        let service = ScriptedService { _ in
            .stream(contentType: "text/plain") { writer in
                try? await writer.write(Array("begun".utf8))
                let (silence, _) = AsyncStream<Int>.makeStream()
                for await _ in silence {}
            }
        }
        let server = try await HTTPServerFixture(service)
        let client = try await server.client()
        try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await client.wait { $0.contains("begun") }
        // Long enough for a machine that is busy with other tests: the stream's own end must win, not the bound.
        try await server.stop(grace: .seconds(30))
        #expect(try await client.waitForClose().hasSuffix("0\r\n\r\n"))
    }
}
