import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A client of the tests that sends raw bytes over TLS and collects what comes back, so that broken, slow and early
/// bytes can be sent too.
final class TLSClient: Sendable {
    private let channel: any Channel
    private let received: Received

    /// - Parameters:
    ///   - dataDirectory: DATA-DIR, whose `pki/` holds the authority and the certificates.
    ///   - identity: the name of the certificate's files there; nil for a client without one.
    init(
        port: Int, dataDirectory: String, identity: String? = "admin", protocols: [String] = ["http/1.1"]
    ) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(dataDirectory + "/pki/ca.crt")
        configuration.applicationProtocols = protocols
        if let identity {
            let path = "\(dataDirectory)/pki/\(identity)"
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(path + ".crt").map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: path + ".key", format: .pem))
        }
        let context = try NIOSSLContext(configuration: configuration)
        let received = Received()
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                try channel.pipeline.syncOperations.addHandler(Collector(received))
            }
        }.connect(host: "127.0.0.1", port: port).get()
        self.received = received
    }

    func send(_ text: String) async throws { try await send(ByteBuffer(string: text)) }
    func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes) }
    func close() async { try? await channel.close() }
    func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    var isClosed: Bool { received.state.withLock { $0.closed } }
    var bytes: [UInt8] { received.state.withLock { $0.bytes } }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Waits until the bytes received so far fulfil a condition, or the connection is closed.
    func wait(until condition: @escaping @Sendable (String) -> Bool) async throws -> String {
        try await eventually { self.isClosed || condition(self.text) }
        return text
    }

    /// Waits for the end of the connection.
    func waitForClose() async throws -> String {
        try await eventually { self.isClosed }
        return text
    }

    private final class Received: Sendable {
        let state = Mutex<(bytes: [UInt8], closed: Bool)>(([], false))
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let received: Received
        init(_ received: Received) { self.received = received }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            received.state.withLock { $0.bytes += buffer.readableBytesView }
        }
        func channelInactive(context: ChannelHandlerContext) { received.state.withLock { $0.closed = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

struct TooLate: Error {}

/// Waits for a condition, at most 20 seconds.
func eventually(_ condition: @Sendable () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while !condition() {
        guard ContinuousClock.now < end else { throw TooLate() }
        try await Task.sleep(for: .milliseconds(2))
    }
}
