public import Client
public import Logging
import NIOCore
import Synchronization

/// A node's own HTTPS endpoint. The server's own node has none: its API server serves the same.
///
/// It listens on every address, because a node's may change; who may ask is decided by certificates alone.
public final class NodeServer: Sendable {
    private let wantedPort: Int
    private let authority: String
    private let tls: TLSContext
    private let service: NodeService
    private let limits = ConnectionLimits()
    private let streams = StreamTasks()
    private let connections = OpenConnections()
    private let dates: DateHeader
    private let logger: Logger
    private let listener = Mutex<(any Channel)?>(nil)

    /// - Parameters:
    ///   - authority, certificate, key: PEM; the certificate is the node's.
    /// - Throws: `NIOSSLError` for what is not PEM.
    public init(
        node: String, port: Int, authority: String, certificate: String, key: String, client: any Client,
        streams: any PodStreams, images: any ImageServing, clock: any WallClock, logger: Logger
    ) throws {
        wantedPort = port
        self.authority = authority
        tls = try TLSContext(authority: authority, certificate: certificate, key: key)
        service = NodeService(node: node, client: client, streams: streams, images: images, logger: logger)
        dates = DateHeader(clock: clock)
        self.logger = logger
    }

    /// The port that it listens on, once it does: another than the one wanted where that was 0.
    var port: Int? { listener.withLock { $0?.localAddress?.port } }

    /// - Throws: a bind that failed, with the address.
    public func start() async throws {
        let initializer = ConnectionInitializer(
            tls: tls, service: service, limits: limits, streams: streams, dates: dates, logger: logger)
        let channel = try await Listener.bind("0.0.0.0", wantedPort, initializer, connections, limits)
        listener.withLock { $0 = channel }
    }

    /// New connections are shown this certificate.
    public func replace(certificate: String, key: String) throws {
        try tls.update(authority: authority, certificate: certificate, key: key)
    }

    public func stop() async {
        let channel = listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        // One that is closed already is as good.
        try? await channel?.close()
        streams.stop()
        await connections.close(grace: limits.grace)
    }
}
