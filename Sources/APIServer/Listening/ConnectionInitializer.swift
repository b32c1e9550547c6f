import Logging
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL
import NIOTLS

/// Builds the pipeline of an accepted connection: TLS, then whichever of HTTP/1.1 and HTTP/2 the two sides agree on.
struct ConnectionInitializer: Sendable {
    let tls: TLSContext
    let service: any HTTPService
    let limits: ConnectionLimits
    let streams: StreamTasks
    let dates: DateHeader
    let logger: Logger

    func install(on channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let tlsHandler = tls.handler()
            try pipeline.addHandler(tlsHandler)
            let bound = NIOLoopBound(tlsHandler, eventLoop: channel.eventLoop)
            let timer = channel.eventLoop.scheduleTask(in: limits.handshake) { channel.close(promise: nil) }
            try pipeline.addHandler(
                ApplicationProtocolNegotiationHandler { result, channel in
                    timer.cancel()
                    return channel.eventLoop.makeCompletedFuture { try negotiated(result, bound.value, channel) }
                })
            try pipeline.addHandler(HandshakeErrorHandler(logger: logger))
            channel.closeFuture.whenComplete { _ in timer.cancel() }
        }
    }

    private func negotiated(
        _ result: ALPNResult, _ tls: NIOSSLServerHandler, _ channel: any Channel
    ) throws {
        let user = try tls.peerCertificate.flatMap { try CertificateAuthenticator.user(der: $0.toDERBytes()) }
        let connection = Connection(user: user, limits: limits, streams: streams, dates: dates, logger: logger)
        let pipeline = channel.pipeline.syncOperations
        switch result {
        case .negotiated("h2"): try installHTTP2(connection, pipeline)
        default:
            let http1 = HTTP1Pipeline(limits: limits)
            try http1.install(pipeline)
            try pipeline.addHandler(RequestHandler(service: service, connection: connection, http1: http1))
        }
    }

    private func installHTTP2(_ connection: Connection, _ pipeline: ChannelPipeline.SynchronousOperations) throws {
        // The pings find a client that vanished without a word while its watch has nothing to send.
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: pipeline.eventLoop,
            configuration: .init(
                maxIdleTime: connection.user == nil ? limits.strangerIdle : limits.idle, maxAge: nil,
                maxGraceTime: limits.grace,
                keepalive: .init(pingInterval: .seconds(30), ackTimeout: .seconds(20))))
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection.initialSettings = [
            // As many as Go's clients take for granted on one connection.
            HTTP2Setting(parameter: .maxConcurrentStreams, value: 250),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headers),
        ]
        // A client that ends many watches at once is no attacker.
        configuration.stream.streamResetFrameRateLimit.maximumCount = 1000
        let service = service
        _ = try pipeline.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: configuration.connection,
            streamConfiguration: configuration.stream, streamDelegate: manager.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let pipeline = stream.pipeline.syncOperations
                try pipeline.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                try pipeline.addHandler(RequestHandler(service: service, connection: connection, http1: nil))
            }
        }
        try pipeline.addHandler(manager)
    }
}

/// Ends a connection whose handshake failed, and tells the log which reason the client was not told.
private final class HandshakeErrorHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }
}
