import NIOCore
import NIOHTTP1

/// The end of a connection's pipeline: one request at a time, its answer handed out piece by piece as it is asked for.
/// Everything runs on the connection's event loop.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPClientRequestPart

    /// Bytes that may wait for whoever reads the answer; beyond it nothing more is read from the connection, so that a
    /// slow reader of a watch fills the server's socket and not our memory.
    private static let bound = 1 << 20

    private enum State {
        case idle
        case sent(EventLoopPromise<HTTPResponseHead>)
        case answering(HTTPResponseHead, waiting: EventLoopPromise<ByteBuffer?>?)
        /// The body is complete; what is buffered may still be fetched.
        case answered(HTTPResponseHead)
        case failed(any Error)
    }

    private var state = State.idle
    private var buffered = CircularBuffer<ByteBuffer>()
    private var bufferedBytes = 0
    private var heldRead = false
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func send(_ head: HTTPRequestHead, _ body: ByteBuffer?, _ promise: EventLoopPromise<HTTPResponseHead>) {
        guard case .idle = state, let context else {
            if case .failed(let error) = state {
                promise.fail(error)
            } else {
                promise.fail(ChannelError.ioOnClosedChannel)
            }
            return
        }
        state = .sent(promise)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// The next piece of the body; nil at its end.
    func next(_ promise: EventLoopPromise<ByteBuffer?>) {
        if let chunk = buffered.popFirst() {
            bufferedBytes -= chunk.readableBytes
            if heldRead, bufferedBytes < Self.bound {
                heldRead = false
                context?.read()
            }
            promise.succeed(chunk)
            return
        }
        switch state {
        case .answering(let head, nil): state = .answering(head, waiting: promise)
        case .answered: promise.succeed(nil)
        case .failed(let error): promise.fail(error)
        case .idle, .sent, .answering: promise.fail(ChannelError.operationUnsupported)
        }
    }

    /// Makes the connection ready for another request; false when it cannot take one.
    func finish() -> Bool {
        guard case .answered(let head) = state, head.isKeepAlive, context?.channel.isActive == true else {
            return false
        }
        state = .idle
        buffered.removeAll()
        bufferedBytes = 0
        return true
    }

    func read(context: ChannelHandlerContext) {
        if bufferedBytes < Self.bound { context.read() } else { heldRead = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .sent(let promise)):
            // 1xx announce another head.
            if head.status.code < 200 { return }
            state = .answering(head, waiting: nil)
            promise.succeed(head)
        case (.body(let chunk), .answering(let head, let waiting)):
            if let waiting {
                state = .answering(head, waiting: nil)
                waiting.succeed(chunk)
            } else {
                buffered.append(chunk)
                bufferedBytes += chunk.readableBytes
            }
        case (.end, .answering(let head, let waiting)):
            state = .answered(head)
            waiting?.succeed(nil)
        case (.end, _): break
        default: context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(ConnectionEnded())
        context.fireChannelInactive()
    }

    private func fail(_ error: any Error) {
        let before = state
        switch before {
        case .failed, .answered: return
        case .idle: state = .failed(error)
        case .sent(let promise):
            state = .failed(error)
            promise.fail(error)
        case .answering(_, let waiting):
            state = .failed(error)
            waiting?.fail(error)
        }
    }
}

/// The server closed the connection before its answer was complete.
struct ConnectionEnded: Error, CustomStringConvertible {
    var description: String { "the server closed the connection" }
}
