public import NIOCore

/// One of two connections that are tied together: what comes here goes out there, and they end together.
public final class RelayHandler: ChannelInboundHandler {
    public typealias InboundIn = ByteBuffer

    /// Bytes on their way to the other side beyond which this side is not read.
    private static let bound = 256 << 10

    private let peer: any Channel
    private let added: (any Channel) -> Void
    private let ended: () -> Void
    private var onTheWay = 0

    /// - Parameters:
    ///   - added: called with this side's channel once it can take what the other sends.
    ///   - ended: called once, when this side is closed.
    public init(
        peer: any Channel, added: @escaping (any Channel) -> Void = { _ in }, ended: @escaping () -> Void = {}
    ) {
        self.peer = peer
        self.added = added
        self.ended = ended
    }

    public func handlerAdded(context: ChannelHandlerContext) { added(context.channel) }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        let count = bytes.readableBytes
        onTheWay += count
        if onTheWay > Self.bound { setReading(false, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        peer.writeAndFlush(bytes).hop(to: context.eventLoop).whenComplete { _ in
            let (handler, context) = bound.value
            let before = handler.onTheWay
            handler.onTheWay -= count
            if before > Self.bound, handler.onTheWay <= Self.bound { handler.setReading(true, context) }
        }
    }

    public func channelInactive(context: ChannelHandlerContext) {
        peer.close(promise: nil)
        ended()
        context.fireChannelInactive()
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func setReading(_ on: Bool, _ context: ChannelHandlerContext) {
        // An option that the channel no longer takes is that of a closed channel.
        try? context.channel.syncOptions?.setOption(.autoRead, value: on)
        if on { context.channel.read() }
    }
}
