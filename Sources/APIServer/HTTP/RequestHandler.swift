import KubernetesAPI
import Logging
import NIOCore
import NIOHTTP1

/// Reads one request at a time, asks the service, writes its answer: the same for an HTTP/1.1 connection and for one
/// stream of HTTP/2.
///
/// Answers from memory are made right here on the event loop; only what waits becomes a task, because the hop between
/// loop and pool costs more than such an answer.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case idle
        case receiving(HTTPRequestHead, ByteBuffer)
        /// Answered before the body's end: the rest is thrown away, then the connection closes, once the answer is out.
        case discarding(EventLoopFuture<Void>)
        case answering(Exchange)
        case closed
    }

    /// The request being answered.
    private struct Exchange: Sendable {
        var method: HTTPMethod
        var uri: String
        /// Names the request in the answer's headers and in the log.
        var auditID: String
        var keepAlive: Bool
        var labels: RequestLabels
        var started: NIODeadline

        var seconds: Double { Double((NIODeadline.now() - started).nanoseconds) / 1e9 }
    }

    private let service: any HTTPService
    private let connection: Connection
    /// The HTTP/1.1 pipeline, which an upgrade takes apart; nil on a stream of HTTP/2.
    private let http1: HTTP1Pipeline?
    private var state = State.idle
    private var timer: Scheduled<Void>?
    private var task: Task<Void, Never>?

    private var limits: ConnectionLimits { connection.limits }

    init(service: any HTTPService, connection: Connection, http1: HTTP1Pipeline?) {
        self.service = service
        self.connection = connection
        self.http1 = http1
    }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { waitForRequest(context) } }
    func channelActive(context: ChannelHandlerContext) { waitForRequest(context) }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        task?.cancel()
        task = nil
        state = .closed
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .idle): received(head, context)
        case (.body(var part), .receiving(let head, var body)):
            guard body.readableBytes + part.readableBytes <= limits.body else { return refuse(head, tooLarge, context) }
            state = .idle  // Leaves `body` as the only holder of its bytes.
            body.writeBuffer(&part)
            state = .receiving(head, body)
        case (.end, .receiving(let head, let body)): received(head, body, context)
        case (.end, .discarding(let written)):
            let channel = context.channel
            written.whenComplete { _ in channel.close(promise: nil) }
        case (.body, _), (.end, _), (.head, _): return
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.logger.debug("connection failed", metadata: ["error": "\(error)"])
        // A head cut off by the end of the connection is a parser's error too, and there is nobody left to tell: writing
        // would even trap where the server is stopping, because the pipeline takes no answer after that.
        guard error is HTTPParserError, case .idle = state, context.channel.isActive else {
            return context.close(promise: nil)
        }
        let exchange = Exchange(
            method: .GET, uri: "", auditID: connection.auditID(), keepAlive: false,
            labels: RequestLabels(verb: "malformed"), started: .now())
        state = .answering(exchange)
        write(HTTPAnswer(.badRequest("the request is not valid HTTP")), exchange, context)
    }

    // MARK: Reading

    private func received(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let length = head.headers.first(name: "content-length")
        // Without a body the request's end is here already, and the ordinary way gives the same refusal.
        if head.method != .GET, length != "0", let refusal = service.refusal(of: head, credentials(head)) {
            return refuse(head, refusal, context)
        }
        if let length, let count = Int(length), count > limits.body {
            return refuse(head, tooLarge, context)
        }
        if head.headers.contains(name: "expect") {
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
        }
        state = .receiving(head, ByteBuffer())
        startTimer(limits.bodyTime, context)
    }

    private func received(_ head: HTTPRequestHead, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let request = HTTPRequest(head: head, body: Array(body.readableBytesView), credentials: credentials(head))
        let started = NIODeadline.now()
        let (labels, outcome) = service.respond(to: request)
        // The decoder parses nothing behind a request to upgrade, so a connection whose upgrade is refused must end.
        let keepAlive = http1 == nil || (head.isKeepAlive && !head.headers.contains(name: "upgrade"))
        let exchange = Exchange(
            method: head.method, uri: head.uri, auditID: connection.auditID(), keepAlive: keepAlive, labels: labels,
            started: started)
        state = .answering(exchange)
        handle(outcome, exchange, context)
    }

    private func credentials(_ head: HTTPRequestHead) -> Credentials {
        Credentials(certificateUser: connection.user, authorization: head.headers.first(name: "authorization"))
    }

    private var tooLarge: HTTPAnswer {
        HTTPAnswer(
            APIError(
                code: 413, reason: "RequestEntityTooLarge", message: "Request entity too large: limit is \(limits.body)"
            ))
    }

    /// Answers without having read the body.
    private func refuse(_ head: HTTPRequestHead, _ answer: HTTPAnswer, _ context: ChannelHandlerContext) {
        let labels = RequestLabels(verb: head.method.rawValue)
        let exchange = Exchange(
            method: head.method, uri: head.uri, auditID: connection.auditID(), keepAlive: false, labels: labels,
            started: .now())
        state = .discarding(write(answer, exchange, context, closes: false))
        startTimer(limits.linger, context)
    }

    private func waitForRequest(_ context: ChannelHandlerContext) {
        state = .idle
        startTimer(connection.user == nil ? limits.strangerIdle : limits.idle, context)
    }

    private func startTimer(_ amount: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: amount) { channel.close(promise: nil) }
    }

    // MARK: Answering

    private func handle(_ outcome: HTTPOutcome, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        switch outcome {
        case .answer(let answer): write(answer, exchange, context)
        case .later(let work):
            // Not cancelled when the client leaves: what has begun to change the store is finished.
            run(context, cancelledWithClient: false) {
                let outcome = await work()
                return { handler, context in handler.resume(outcome, exchange, context) }
            }
        case .stream(let contentType, let body): stream(contentType, body, exchange, context)
        case .upgrade(let upgrade): self.upgrade(upgrade, exchange, context)
        }
    }

    private func resume(_ outcome: HTTPOutcome, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        guard case .answering = state else {
            // The client left; a process that was started for it must not stay.
            if case .upgrade(let upgrade) = outcome { upgrade.session.abandon() }
            return
        }
        handle(outcome, exchange, context)
    }

    /// Runs work outside the event loop, and what it returns back on it.
    private func run(
        _ context: ChannelHandlerContext, cancelledWithClient: Bool,
        _ work: @escaping @Sendable () async -> @Sendable (RequestHandler, ChannelHandlerContext) -> Void
    ) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let whole: @Sendable () async -> Void = {
            let then = await work()
            eventLoop.execute {
                let (handler, context) = bound.value
                then(handler, context)
            }
        }
        if cancelledWithClient { task = connection.streams.start(whole) } else { Task(operation: whole) }
    }

    private func stream(
        _ contentType: String, _ body: @escaping @Sendable (ResponseBodyWriter) async -> Void, _ exchange: Exchange,
        _ context: ChannelHandlerContext
    ) {
        let answer = HTTPAnswer(contentType: contentType, body: [])
        context.writeAndFlush(wrapOutboundOut(.head(head(answer, exchange, length: nil))), promise: nil)
        service.streaming(exchange.labels, 1)
        let writer = ResponseBodyWriter(channel: context.channel, limit: limits.write)
        let service = service
        run(context, cancelledWithClient: true) {
            await body(writer)
            service.streaming(exchange.labels, -1)
            return { handler, context in handler.end(exchange, code: 200, context, closes: !exchange.keepAlive) }
        }
    }

    @discardableResult
    private func write(
        _ answer: HTTPAnswer, _ exchange: Exchange, _ context: ChannelHandlerContext, closes: Bool? = nil
    ) -> EventLoopFuture<Void> {
        let head = head(answer, exchange, length: answer.body.count)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if exchange.method != .HEAD && !answer.body.isEmpty {
            let buffer = context.channel.allocator.buffer(bytes: answer.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        return end(exchange, code: answer.code, context, closes: closes ?? !exchange.keepAlive)
    }

    @discardableResult
    private func end(
        _ exchange: Exchange, code: Int, _ context: ChannelHandlerContext, closes: Bool
    ) -> EventLoopFuture<Void> {
        task = nil
        if case .closed = state { return context.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        finished(exchange, code: code)
        let channel = context.channel
        let written = context.eventLoop.makePromise(of: Void.self)
        let slow = context.eventLoop.scheduleTask(in: limits.write) { channel.close(promise: nil) }
        written.futureResult.whenComplete { _ in
            slow.cancel()
            if closes { channel.close(promise: nil) }
        }
        // Before the write: it may deliver the next, already waiting request from within.
        if case .answering = state, !closes { waitForRequest(context) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        return written.futureResult
    }

    private func finished(_ exchange: Exchange, code: Int) {
        service.finished(exchange.labels, code: code, seconds: exchange.seconds)
        connection.logger.log(
            level: code >= 500 ? .error : .debug, "answered",
            metadata: [
                "audit-id": "\(exchange.auditID)", "method": "\(exchange.method)", "uri": "\(exchange.uri)",
                "user": "\(connection.user?.name ?? "")", "code": "\(code)",
                "milliseconds": "\(Int(exchange.seconds * 1000))",
            ])
    }

    private func head(_ answer: HTTPAnswer, _ exchange: Exchange, length: Int?) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        headers.reserveCapacity(8)
        headers.add(name: "Audit-Id", value: exchange.auditID)
        headers.add(name: "Cache-Control", value: "no-cache, private")
        headers.add(name: "Date", value: connection.date())
        for (name, value) in answer.headers { headers.replaceOrAdd(name, value) }
        if let length { headers.add(name: "Content-Length", value: String(length)) }
        if !exchange.keepAlive && http1 != nil { headers.add(name: "Connection", value: "close") }
        return HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.code), headers: headers)
    }

    // MARK: Upgrading

    private func upgrade(_ upgrade: Upgrade, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        guard let http1 else {
            upgrade.session.abandon()
            write(HTTPAnswer(.badRequest("an upgrade needs HTTP/1.1")), exchange, context)
            return
        }
        var headers = HTTPHeaders(upgrade.headers.map { ($0.name, $0.value) })
        headers.add(name: "Audit-Id", value: exchange.auditID)
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        state = .closed
        timer?.cancel()
        let service = service
        service.streaming(exchange.labels, 1)
        do {
            let handler = try upgrade.session.handler(connection, context.eventLoop) {
                service.streaming(exchange.labels, -1)
                service.finished(exchange.labels, code: 101, seconds: exchange.seconds)
            }
            try http1.replace(with: handler, after: self, context)
        } catch {
            connection.logger.error("upgrade failed", metadata: ["error": "\(error)"])
            service.streaming(exchange.labels, -1)
            upgrade.session.abandon()
            context.close(promise: nil)
        }
    }
}

extension HTTPHeaders {
    /// `Warning` may stand several times; all else once.
    fileprivate mutating func replaceOrAdd(_ name: String, _ value: String) {
        if name == "Warning" { add(name: name, value: value) } else { replaceOrAdd(name: name, value: value) }
    }
}
