import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One TLS connection to a server, for one request at a time.
struct Connection: Sendable {
    let channel: any Channel
    private let handler: NIOLoopBound<ExchangeHandler>

    private init(_ channel: any Channel, _ handler: NIOLoopBound<ExchangeHandler>) {
        self.channel = channel
        self.handler = handler
    }

    static func open(_ endpoint: Endpoint, _ context: NIOSSLContext, timeout: TimeAmount) async throws -> Connection {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A machine that vanished without a word is noticed within 25 s, although a watch may have nothing to say for
            // longer. TCP_USER_TIMEOUT does the same for what is sent and not acknowledged (tcp(7)).
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 10)
            .channelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 5)
            .channelOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 3)
            .channelOption(.tcpOption(.init(rawValue: TCP_USER_TIMEOUT)), value: 25_000)
        return try await bootstrap.connect(host: endpoint.host, port: endpoint.port) { channel in
            channel.eventLoop.makeCompletedFuture {
                // An address is no server name (RFC 6066, 3); the certificate's addresses are then compared with that of
                // the connection.
                let name = serverName(endpoint)
                try channel.pipeline.syncOperations.addHandler(
                    NIOSSLClientHandler(context: context, serverHostname: name))
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                let handler = ExchangeHandler()
                try channel.pipeline.syncOperations.addHandler(handler)
                // Kept from here on: a connection that fails at once has lost its handlers before anyone could look for
                // them, and this one knows why it failed.
                return Connection(channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
            }
        }
    }

    static func serverName(_ endpoint: Endpoint) -> String? {
        endpoint.name ?? (isAddress(endpoint.host) ? nil : endpoint.host)
    }

    private static func isAddress(_ host: String) -> Bool {
        (try? SocketAddress(ipAddress: host, port: 0)) != nil  // Failure is the answer here: a name.
    }

    /// Sends a request and waits for the answer's head; a connection that takes longer than `timeout` is closed.
    func send(_ head: HTTPRequestHead, _ body: ByteBuffer?, timeout: TimeAmount) async throws -> HTTPResponseHead {
        let handler = handler
        return try await bounded(timeout) { loop in
            let promise = loop.makePromise(of: HTTPResponseHead.self)
            loop.execute { handler.value.send(head, body, promise) }
            return promise.futureResult
        }
    }

    /// The next piece of the answer's body, nil at its end.
    /// - Parameter timeout: nil waits for as long as the connection is alive.
    func next(timeout: TimeAmount?) async throws -> ByteBuffer? {
        let handler = handler
        return try await bounded(timeout) { loop in
            let promise = loop.makePromise(of: ByteBuffer?.self)
            loop.execute { handler.value.next(promise) }
            return promise.futureResult
        }
    }

    /// Whether the answer was read to its end and another request may follow.
    func finish() async throws -> Bool {
        let handler = handler
        return try await channel.eventLoop.submit { handler.value.finish() }.get()
    }

    func close() { channel.close(mode: .all, promise: nil) }

    /// Closing the connection is what ends a wait: the handler then fails every promise.
    private func bounded<T: Sendable>(
        _ timeout: TimeAmount?, _ start: (any EventLoop) -> EventLoopFuture<T>
    ) async throws -> T {
        let channel = channel
        let alarm = timeout.map { timeout in
            channel.eventLoop.scheduleTask(in: timeout) {
                channel.pipeline.fireErrorCaught(NoAnswer(seconds: timeout.nanoseconds / 1_000_000_000))
            }
        }
        defer { alarm?.cancel() }
        let future = start(channel.eventLoop)
        return try await withTaskCancellationHandler {
            do { return try await future.get() } catch {
                try Task.checkCancellation()
                throw error
            }
        } onCancel: {
            channel.close(mode: .all, promise: nil)
        }
    }
}

struct NoAnswer: Error, CustomStringConvertible {
    var seconds: Int64
    var description: String { "no answer within \(seconds) s" }
}
