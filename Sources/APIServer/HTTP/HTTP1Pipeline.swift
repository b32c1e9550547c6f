import NIOCore
import NIOHTTP1

/// The handlers of an HTTP/1.1 connection, kept so that an upgrade can take them out again.
///
/// Ours instead of NIO's upgrade handler: that one forgets the request when nothing accepts it (so a refusal could not be
/// written) and looks at a connection's first request only.
final class HTTP1Pipeline {
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private let encoder = HTTPResponseEncoder()
    private let pipelining = HTTPServerPipelineHandler()

    init(limits: ConnectionLimits) {
        // Bytes behind a request to upgrade are the new protocol's first.
        decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits.decoder))
    }

    func install(_ pipeline: ChannelPipeline.SynchronousOperations) throws {
        try pipeline.addHandlers([encoder, decoder, pipelining] as [any ChannelHandler])
    }

    /// Puts `handler` in the place of everything that speaks HTTP.
    func replace(
        with handler: any ChannelHandler, after last: RequestHandler, _ context: ChannelHandlerContext
    ) throws {
        let pipeline = context.pipeline.syncOperations
        try pipeline.addHandler(handler, position: .after(last))
        // The decoder goes last: as it leaves it hands on the early bytes, which must find the new handler and no other.
        _ = pipeline.removeHandler(pipelining)
        _ = pipeline.removeHandler(last)
        _ = pipeline.removeHandler(encoder)
        _ = pipeline.removeHandler(decoder)
    }
}
