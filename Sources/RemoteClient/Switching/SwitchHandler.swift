import NIOCore
import NIOHTTP1

/// Reads the answer to a request to switch protocols. By hand, because what follows the head's end is no HTTP any more and
/// must not meet a decoder.
final class SwitchHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Answer: Sendable {
        var head: HTTPResponseHead
        /// Of a refusal.
        var body: [UInt8]
    }

    /// Bytes that a head, or a refusal with its body, may have.
    private static let bound = 1 << 20

    private let answered: EventLoopPromise<Answer>
    private var received = ByteBuffer()
    private var isSwitched = false
    private var context: ChannelHandlerContext?

    init(answered: EventLoopPromise<Answer>) { self.answered = answered }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func send(_ request: ByteBuffer) -> EventLoopFuture<Answer> {
        guard let context else {
            answered.fail(ConnectionEnded())
            return answered.futureResult
        }
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        return answered.futureResult
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        guard !isSwitched else { return }
        guard received.readableBytes <= Self.bound else { return fail(ConnectionEnded(), context) }
        let bytes = Array(received.readableBytesView)
        guard let (head, length) = Self.head(bytes) else { return }
        if head.status == .switchingProtocols {
            isSwitched = true
            received.moveReaderIndex(forwardBy: length)
            // Who ties the connection to another reads on. A channel that takes no option is closed.
            try? context.channel.syncOptions?.setOption(.autoRead, value: false)
            answered.succeed(Answer(head: head, body: []))
        } else if let size = head.headers.first(name: "content-length").flatMap({ Int($0) }),
            bytes.count >= length + size
        {
            answered.succeed(Answer(head: head, body: Array(bytes[length..<(length + size)])))
            context.close(promise: nil)
        }
    }

    /// The head and how many bytes it takes, or nil while its end has not come.
    static func head(_ bytes: [UInt8]) -> (HTTPResponseHead, Int)? {
        let end = Array("\r\n\r\n".utf8)
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        let lines = String(decoding: bytes[..<start], as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        // An answer that is none gets a code that no server gives.
        let code = words.count > 1 && words[0].hasPrefix("HTTP/1.") ? Int(words[1]) ?? 502 : 502
        var headers = HTTPHeaders()
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers.add(
                name: String(line[..<colon]), value: String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        return (
            HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: code), headers: headers),
            start + end.count
        )
    }

    func relay(to peer: any Channel) {
        guard let context else { return peer.close(promise: nil) }
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(RelayHandler(peer: peer), position: .after(self))
        } catch { return fail(error, context) }
        if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
        let channel = context.channel
        _ = pipeline.removeHandler(self)
        try? channel.syncOptions?.setOption(.autoRead, value: true)  // As above.
        channel.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(error, context) }

    func channelInactive(context: ChannelHandlerContext) {
        answered.fail(ConnectionEnded())
        context.fireChannelInactive()
    }

    /// A promise that was kept already stays so.
    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        answered.fail(error)
        context.close(promise: nil)
    }
}
