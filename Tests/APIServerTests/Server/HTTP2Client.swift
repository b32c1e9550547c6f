import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

/// A client of the tests that speaks HTTP/2 over TLS, a stream for each request.
final class HTTP2Client: Sendable {
    private let channel: any Channel
    private let multiplexer: NIOHTTP2Handler.StreamMultiplexer

    init(port: Int, dataDirectory: String) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(dataDirectory + "/pki/ca.crt")
        configuration.applicationProtocols = ["h2"]
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(dataDirectory + "/pki/admin.crt")
            .map { .certificate($0) }
        configuration.privateKey = .privateKey(
            try NIOSSLPrivateKey(file: dataDirectory + "/pki/admin.key", format: .pem))
        let context = try NIOSSLContext(configuration: configuration)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer {
            channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                _ = try pipeline.configureHTTP2Pipeline(
                    mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
                ) { $0.eventLoop.makeSucceededVoidFuture() }
            }
        }.connect(host: "127.0.0.1", port: port).get()
        let channel = channel
        multiplexer = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: NIOHTTP2Handler.self).syncMultiplexer()
        }.get()
    }

    var isClosed: Bool { !channel.isActive }
    func close() async { try? await channel.close() }

    /// Sends a request and collects the answer as it comes.
    func request(_ method: HTTPMethod, _ path: String) async throws -> Answer {
        let answer = Answer()
        let promise = channel.eventLoop.makePromise(of: (any Channel).self)
        multiplexer.createStreamChannel(promise: promise) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandlers([
                    HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .https), Collector(answer),
                ])
            }
        }
        let stream = try await promise.futureResult.get()
        answer.state.withLock { $0.stream = stream }
        let head = HTTPRequestHead(version: .http2, method: method, uri: path, headers: ["host": "localhost"])
        try await stream.writeAndFlush(HTTPClientRequestPart.head(head))
        try await stream.writeAndFlush(HTTPClientRequestPart.end(nil))
        return answer
    }

    final class Answer: Sendable {
        let state = Mutex<(code: UInt, text: String, ended: Bool, stream: (any Channel)?)>((0, "", false, nil))
        var text: String { state.withLock { $0.text } }
        var code: UInt { state.withLock { $0.code } }
        var ended: Bool { state.withLock { $0.ended } }
        func cancel() async { try? await state.withLock { $0.stream }?.close() }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        let answer: Answer
        init(_ answer: Answer) { self.answer = answer }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = unwrapInboundIn(data)
            answer.state.withLock { state in
                switch part {
                case .head(let head): state.code = head.status.code
                case .body(let bytes): state.text += String(buffer: bytes)
                case .end: state.ended = true
                }
            }
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
