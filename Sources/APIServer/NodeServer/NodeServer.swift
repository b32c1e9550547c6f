public import Client
import Glibc
public import Logging
import NIOCore
import Synchronization

/// The HTTPS server of a node that is not the API server's own (the kubelet's role): it answers other nodes that want
/// images. Announced as `status.daemonEndpoints.kubeletEndpoint`. Everybody who asks shows a certificate of the cluster's
/// authority, and so does it, for the node's name.
public final class NodeServer: Sendable {
    /// The kubelet's own.
    public static let port = 10250

    private struct Running {
        var listener: any Channel
        var port: Int
    }

    private let address: String
    private let wantedPort: Int
    private let authority: String
    private let tls: TLSContext
    private let service: NodeService
    private let streams = StreamTasks()
    private let connections = OpenConnections()
    private let clock: any WallClock
    private let logger: Logger
    private let running = Mutex<Running?>(nil)

    /// - Parameters:
    ///   - address: to listen on.
    ///   - port: 0 for any.
    ///   - authority: PEM, as are the next two: the node's own.
    /// - Throws: for PEM that cannot be read.
    public init(
        address: String, port: Int = NodeServer.port, authority: String, certificate: String, key: String,
        images: any ImageServing, clock: any WallClock = SystemClock(), logger: Logger
    ) throws {
        self.address = address
        wantedPort = port
        self.authority = authority
        tls = try TLSContext(authority: authority, certificate: certificate, key: key)
        service = NodeService(images: ImageEndpoint(images: images, logger: logger))
        self.clock = clock
        self.logger = logger
    }

    /// The port that it listens on; nil while it does not.
    public var port: Int? { running.withLock { $0?.port } }

    /// New connections are shown this certificate.
    public func replaceIdentity(certificate: String, key: String) throws {
        try tls.update(authority: authority, certificate: certificate, key: key)
    }

    /// - Throws: with the address when it cannot be listened on.
    public func start() async throws {
        let initializer = ConnectionInitializer(
            tls: tls, service: service, limits: ConnectionLimits(), streams: streams, dates: DateHeader(clock: clock),
            logger: logger)
        let listener = try await Listener(
            address: address, port: wantedPort, initializer: initializer, connections: connections
        ).bind()
        let port = listener.localAddress?.port ?? wantedPort
        running.withLock { $0 = Running(listener: listener, port: port) }
        logger.info("the node's own server listens", metadata: ["address": "\(address):\(port)"])
    }

    /// Serves until the task is cancelled. An address that cannot be listened on (not there yet, or taken) is tried again:
    /// the node's pods do not wait for it.
    public func run() async throws {
        var said = false
        while true {
            do {
                try await start()
                break
            } catch {
                if !said { logger.error("other nodes cannot reach this one, trying on: \(error)") }
                said = true
            }
            try await clock.sleep(for: .seconds(5))
        }
        do { while true { try await clock.sleep(for: .seconds(3600)) } } catch {
            await stop()
            throw error
        }
    }

    /// Lets open requests finish within seconds. Safe to call twice.
    public func stop() async {
        let running = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let running else { return }
        // Closed already is as good.
        try? await running.listener.close()
        streams.stop()
        await connections.close(grace: ConnectionLimits().grace)
    }
}
