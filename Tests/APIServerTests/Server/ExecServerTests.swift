import Client
import NIOCore
import Synchronization
import Testing

@testable import APIServer

/// exec over a real TLS socket, the client's frames made by hand.
@Suite struct ExecServerTests {
    private static let request =
        "POST /exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n\r\n"

    private static func service(_ process: ScriptedProcess, tty: Bool = false, stdin: Bool = true) -> ScriptedService {
        let options = ExecOptions(
            container: "c", command: ["x"], stdin: stdin, stdout: true, stderr: !tty, tty: tty)
        let session = ExecSession(process: process, options: options, version: .v4)
        return ScriptedService { _ in
            .later {
                .upgrade(Upgrade(headers: [("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1")], session: session))
            }
        }
    }

    /// The client's half of the protocol.
    private struct Peer {
        let deflater = try! SPDYHeaderDeflater()
        func open(_ streams: [String]) throws -> ByteBuffer {
            var buffer = ByteBuffer()
            for (index, name) in streams.enumerated() {
                let block = try deflater.deflate(SPDYHeaders([(name: "streamtype", values: [name])]).block)
                SPDYFrame.synStream(SPDYFrame.SynStream(stream: UInt32(index * 2 + 1), headerBlock: block))
                    .write(into: &buffer)
            }
            return buffer
        }
    }

    private static func frames(_ frames: [SPDYFrame]) -> ByteBuffer {
        var buffer = ByteBuffer()
        for frame in frames { frame.write(into: &buffer) }
        return buffer
    }

    /// The data that came on each stream behind the answer to the upgrade, and whether each ended.
    private static func received(_ bytes: [UInt8]) -> [UInt32: (text: String, fin: Bool)] {
        guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return [:] }
        var decoder = SPDYFrameDecoder()
        decoder.append(ByteBuffer(bytes: bytes[head.upperBound...]))
        var streams: [UInt32: (text: String, fin: Bool)] = [:]
        while let frame = try? decoder.next() {
            guard case .data(let stream, let fin, let bytes) = frame else { continue }
            let before = streams[stream]
            streams[stream] = (
                (before?.text ?? "") + String(decoding: bytes, as: UTF8.self), fin || before?.fin == true
            )
        }
        return streams
    }

    /// The streams are opened, and input sent, in the same packet as the request: no early byte may be lost.
    @Test func echoesInputThatCameBeforeTheAnswer() async throws {
        let process = ScriptedProcess()
        try await HTTPServerFixture.run(Self.service(process)) { server in
            let client = try await server.client()
            var early = ByteBuffer(string: Self.request)
            var streams = try Peer().open(["error", "stdin", "stdout", "stderr"])
            early.writeBuffer(&streams)
            var input = Self.frames([
                .data(stream: 3, fin: false, bytes: Array("hello ".utf8)), .ping(id: 1),
                .data(stream: 3, fin: true, bytes: Array("world".utf8)),
            ])
            early.writeBuffer(&input)
            try await client.send(early)
            try await eventually { Self.received(client.bytes)[1]?.fin == true }
            let received = Self.received(client.bytes)
            #expect(client.text.hasPrefix("HTTP/1.1 101"))
            #expect(received[5]?.text == "hello world")
            #expect(received[5]?.fin == true)
            #expect(received[1]?.text.contains("\"Success\"") == true)
            #expect(process.record.written == Array("hello world".utf8))
            await client.close()
        }
    }

    @Test func tellsExitCodesAndBothOutputs() async throws {
        let process = ScriptedProcess(echoes: false)
        try await HTTPServerFixture.run(Self.service(process, stdin: false)) { server in
            let client = try await server.client()
            try await client.send(Self.request)
            _ = try await client.wait { $0.contains("\r\n\r\n") }
            try await client.send(try Peer().open(["error", "stdout", "stderr"]))
            process.say(.stdout(Array("out".utf8)))
            process.say(.stderr(Array("err".utf8)))
            process.exit(7)
            try await eventually { Self.received(client.bytes)[1]?.fin == true }
            let received = Self.received(client.bytes)
            #expect(received[3]?.text == "out")
            #expect(received[5]?.text == "err")
            #expect(received[1]?.text.contains(#""message":"7""#) == true)
            await client.close()
        }
    }

    @Test func resizesATerminal() async throws {
        let process = ScriptedProcess()
        try await HTTPServerFixture.run(Self.service(process, tty: true)) { server in
            let client = try await server.client()
            try await client.send(Self.request)
            try await client.send(try Peer().open(["error", "stdin", "stdout", "resize"]))
            try await client.send(
                Self.frames([.data(stream: 7, fin: false, bytes: Array(#"{"Width":80,"Height":24}"#.utf8))]))
            try await eventually { process.record.sizes == [[80, 24]] }
            await client.close()
            try await eventually { process.record.killed }
        }
    }

    @Test func aClientThatLeavesEndsTheProcess() async throws {
        let process = ScriptedProcess(echoes: false)
        let service = Self.service(process)
        try await HTTPServerFixture.run(service) { server in
            let client = try await server.client()
            try await client.send(Self.request)
            try await client.send(try Peer().open(["error", "stdin", "stdout", "stderr"]))
            process.say(.stdout([0x61]))
            try await eventually { Self.received(client.bytes)[5] != nil }
            await client.close()
            try await eventually { process.record.killed && service.open.withLock { $0 } == 0 }
        }
    }

    @Test func aClientThatLeavesBeforeItsStreamsEndsTheProcess() async throws {
        let process = ScriptedProcess(echoes: false)
        try await HTTPServerFixture.run(Self.service(process)) { server in
            let client = try await server.client()
            try await client.send(Self.request)
            _ = try await client.wait { $0.contains("101") }
            await client.close()
            try await eventually { process.record.killed }
        }
    }

    @Test func brokenFramesEndTheConnection() async throws {
        let process = ScriptedProcess(echoes: false)
        try await HTTPServerFixture.run(Self.service(process)) { server in
            let client = try await server.client()
            try await client.send(Self.request)
            try await client.send(ByteBuffer(bytes: [0x80, 9, 0, 1, 0, 0, 0, 1, 0]))
            _ = try await client.waitForClose()
            try await eventually { process.record.killed }
        }
    }

    /// A process that does not read holds the client back instead of filling the server's memory.
    @Test func inputThatIsNotReadHoldsTheClientBack() async throws {
        let process = StuckProcess()
        let options = ExecOptions(container: "c", command: ["x"], stdin: true, stdout: true, stderr: true, tty: false)
        let session = ExecSession(process: process, options: options, version: .v4)
        let service = ScriptedService { _ in .upgrade(Upgrade(headers: [("Upgrade", "SPDY/3.1")], session: session)) }
        try await HTTPServerFixture.run(service) { server in
            let client = try await server.client()
            try await client.send(Self.request)
            try await client.send(try Peer().open(["error", "stdin", "stdout", "stderr"]))
            let chunk = Self.frames([.data(stream: 3, fin: false, bytes: [UInt8](repeating: 1, count: 32 * 1024))])
            let sent = Mutex(0)
            let sender = Task {
                for _ in 0..<4000 {
                    try await client.send(chunk)
                    sent.withLock { $0 += 1 }
                }
            }
            // All 128 MB would be sent if nobody held the sender back.
            try await eventually { process.started.withLock { $0 } }
            let stalled = try await Self.stalls(sent)
            #expect(stalled < 4000)
            sender.cancel()
            process.release()
            await client.close()
            try await eventually { process.killed.withLock { $0 } }
        }
    }

    /// Waits until a count has not risen for half a second.
    private static func stalls(_ count: borrowing Mutex<Int>) async throws -> Int {
        var last = -1
        while true {
            let now = count.withLock { $0 }
            if now == last { return now }
            last = now
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}

/// Never reads its input until released.
private final class StuckProcess: ExecProcess {
    let output = AsyncStream<ExecOutput> { _ in }
    let started = Mutex(false)
    let killed = Mutex(false)
    private let gate: AsyncStream<Void>
    private let open: AsyncStream<Void>.Continuation

    init() { (gate, open) = AsyncStream.makeStream() }

    func release() { open.finish() }
    func write(_ bytes: [UInt8]) async {
        started.withLock { $0 = true }
        for await _ in gate {}
    }
    func closeInput() async {}
    func resize(columns: Int, rows: Int) async {}
    func wait() async -> Int32 { 0 }
    func kill() async {
        killed.withLock { $0 = true }
        open.finish()
    }
}
