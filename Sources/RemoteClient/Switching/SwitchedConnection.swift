import KubernetesAPI
public import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A connection that its server has switched to another protocol (`101 Switching Protocols`). Nothing of it is read until
/// it is tied to another.
public struct SwitchedConnection: Sendable {
    /// Those of the answer.
    public let headers: [(name: String, value: String)]
    public let channel: any Channel
    let handler: NIOLoopBound<SwitchHandler>

    /// Sends all that comes to the other connection, from now on.
    public func relay(to peer: any Channel) {
        let handler = handler
        channel.eventLoop.execute { handler.value.relay(to: peer) }
    }

    public func close() { channel.close(mode: .all, promise: nil) }
}

extension HTTPTransport {
    /// Asks the server to switch protocols, with a request that has no body.
    /// - Throws: the server's own refusal; 503 when it cannot be asked.
    public func switchProtocols(
        _ method: String, _ path: String, headers: [(name: String, value: String)]
    ) async throws -> SwitchedConnection {
        let lines =
            ["\(method) \(path) HTTP/1.1", "Host: \(endpoint.authority)", "Content-Length: 0"]
            + headers.map { "\($0.name): \($0.value)" }
        let request = ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
        return try await reporting { try await self.switched(request) }
    }

    private func switched(_ request: ByteBuffer) async throws -> SwitchedConnection {
        let endpoint = endpoint
        let context = connections.context
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        let (channel, handler): (any Channel, NIOLoopBound<SwitchHandler>) = try await bootstrap.connect(
            host: endpoint.host, port: endpoint.port
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(
                    NIOSSLClientHandler(context: context, serverHostname: Connection.serverName(endpoint)))
                let handler = SwitchHandler(answered: channel.eventLoop.makePromise(of: SwitchHandler.Answer.self))
                try pipeline.addHandler(handler)
                return (channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
            }
        }
        let alarm = channel.eventLoop.scheduleTask(in: .seconds(30)) {
            channel.pipeline.fireErrorCaught(NoAnswer(seconds: 30))
        }
        defer { alarm.cancel() }
        let answer = try await channel.eventLoop.flatSubmit { handler.value.send(request) }.get()
        guard answer.head.status == .switchingProtocols else { throw Self.refusal(answer.head, answer.body) }
        return SwitchedConnection(
            headers: answer.head.headers.map { ($0.name, $0.value) }, channel: channel, handler: handler)
    }
}
