import Logging
import NIOCore

/// Speaks SPDY/3.1 on an upgraded connection and ties its streams to one exec session.
///
/// The session starts once all its streams are open, because a byte of output for a stream that is not there would be
/// lost.
final class SPDYHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes of input that may wait for the process before the socket is no longer read.
    static let inputBound = 256 * 1024
    /// How long the client may take to open its streams. Source: kubelet's DefaultStreamCreationTimeout.
    static let creationLimit = TimeAmount.seconds(30)
    /// How long the client may take to close the connection once everything is said.
    static let closingLimit = TimeAmount.seconds(10)
    /// A data frame's payload, at most: small enough that a ping's answer is not held up.
    private static let frameLimit = 32 * 1024

    private let session: ExecSession
    private let connection: Connection
    private let eventLoop: any EventLoop
    private let ended: @Sendable () -> Void
    private var decoder = SPDYFrameDecoder()
    private var spdy: SPDYConnection
    private var streams: [ExecStream: UInt32] = [:]
    private var resize = ResizeDecoder()
    private var unconsumed = 0
    /// Everything is said; the session's task may not have noticed yet.
    private var finished = false
    private var timer: Scheduled<Void>?
    private var task: Task<Void, Never>?
    private var context: ChannelHandlerContext?
    private let input: AsyncStream<ExecInput>
    private let inputContinuation: AsyncStream<ExecInput>.Continuation

    /// - Parameter ended: called once, when the connection is closed.
    init(
        session: ExecSession, connection: Connection, eventLoop: any EventLoop, ended: @escaping @Sendable () -> Void
    ) throws(SPDYError) {
        self.session = session
        self.connection = connection
        self.eventLoop = eventLoop
        self.ended = ended
        spdy = try SPDYConnection()
        (input, inputContinuation) = AsyncStream.makeStream()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        startTimer(Self.creationLimit, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        inputContinuation.finish()
        // A client that closes at the end, as it should, must not have a process killed that is gone already.
        if let task { if !finished { task.cancel() } } else { session.abandon() }
        ended()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.logger.debug("exec connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        do {
            while let frame = try decoder.next() {
                for step in try spdy.receive(frame) {
                    switch step {
                    case .send(let frame): write(frame, context)
                    case .event(let event): try handle(event, context)
                    }
                }
            }
        } catch {
            connection.logger.debug("exec connection ended", metadata: ["error": "\(error)"])
            write(.goAway(lastStream: spdy.lastStream, status: 1), context)
            context.flush()
            context.close(promise: nil)
            return
        }
        context.flush()
    }

    private func handle(_ event: SPDYConnection.Event, _ context: ChannelHandlerContext) throws(SPDYError) {
        switch event {
        case .opened(let id, let headers):
            guard let stream = headers["streamtype"].flatMap(ExecStream.init), session.expected.contains(stream),
                streams[stream] == nil
            else { return write(spdy.reset(id, .refusedStream), context) }
            streams[stream] = id
            write(try spdy.reply(to: id), context)
            if streams.count == session.expected.count { start(context) }
        case .data(let id, let bytes):
            if id == streams[.stdin] {
                received(bytes, context)
            } else {
                if id == streams[.resize] {
                    for size in resize.append(bytes) {
                        inputContinuation.yield(.resize(columns: size.columns, rows: size.rows))
                    }
                }
                write(.windowUpdate(stream: id, delta: UInt32(bytes.count)), context)
            }
        case .ended(let id), .reset(let id):
            if id == streams[.stdin] { inputContinuation.yield(.stdinEnd) }
        case .goAway: return
        }
    }

    private func received(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        unconsumed += bytes.count
        inputContinuation.yield(.stdin(bytes))
        if unconsumed > Self.inputBound { setReading(false, context) }
    }

    private func start(_ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = ExecChannel(input: input, handler: self, eventLoop: context.eventLoop)
        let session = session
        task = connection.streams.start { await session.run(channel) }
    }

    // MARK: To the client

    func write(_ bytes: [UInt8], to stream: ExecStream) -> EventLoopFuture<Void> {
        guard let context, context.channel.isActive else { return closed }
        // A stream that the client gave up takes nothing, and the process is not to fail for it.
        guard let id = streams[stream] else { return context.eventLoop.makeSucceededVoidFuture() }
        var rest = bytes[...]
        while rest.count > Self.frameLimit {
            if let frame = spdy.send(Array(rest.prefix(Self.frameLimit)), on: id) { write(frame, context) }
            rest = rest.dropFirst(Self.frameLimit)
        }
        guard let frame = spdy.send(Array(rest), on: id) else { return context.eventLoop.makeSucceededVoidFuture() }
        let promise = context.eventLoop.makePromise(of: Void.self)
        write(frame, context, promise: promise)
        context.flush()
        return promise.futureResult.paced(context.channel, limit: connection.limits.write)
    }

    func consumed(_ count: Int) {
        guard let context else { return }
        unconsumed -= count
        if let id = streams[.stdin] { write(.windowUpdate(stream: id, delta: UInt32(count)), context) }
        context.flush()
        if unconsumed <= Self.inputBound / 2 { setReading(true, context) }
    }

    func finish(_ ending: [UInt8]) -> EventLoopFuture<Void> {
        guard let context, context.channel.isActive else { return closed }
        finished = true
        // The error stream last: kubectl takes its end for the end of the command.
        for stream in [ExecStream.stdout, .stderr, .stdin, .resize] {
            if let id = streams[stream], let frame = spdy.send([], fin: true, on: id) { write(frame, context) }
        }
        if let id = streams[.error], let frame = spdy.send(ending, fin: true, on: id) { write(frame, context) }
        write(.goAway(lastStream: spdy.lastStream, status: 0), context)
        context.flush()
        // The client closes when it has read everything; closing here could cut off what is still on its way.
        setReading(true, context)
        startTimer(Self.closingLimit, context)
        return context.eventLoop.makeSucceededVoidFuture()
    }

    func close() { context?.close(promise: nil) }

    private func write(_ frame: SPDYFrame, _ context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil) {
        var buffer = context.channel.allocator.buffer(capacity: 64)
        frame.write(into: &buffer)
        context.write(wrapOutboundOut(buffer), promise: promise)
    }

    private var closed: EventLoopFuture<Void> { eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }

    private func setReading(_ on: Bool, _ context: ChannelHandlerContext) {
        // An option that the channel no longer takes is that of a closed channel.
        try? context.channel.syncOptions?.setOption(.autoRead, value: on)
        if on { context.read() }
    }

    private func startTimer(_ amount: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: amount) { channel.close(promise: nil) }
    }
}
