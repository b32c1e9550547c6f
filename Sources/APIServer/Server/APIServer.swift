public import Client
public import KubernetesAPI
public import Logging
import NIOCore
import SwiftASN1
import Synchronization

/// The HTTPS server in front of a registry.
///
/// `start` makes what is missing in DATA-DIR/pki, binds, and writes DATA-DIR/kubeconfig; `stop` ends watches, lets open
/// requests finish within a few seconds and closes. The registry is not closed: whoever made it does.
public final class APIServer: Sendable {
    private struct Running {
        var listener: any Channel
        var renewal: Task<Void, Never>
        var publishing: Task<Void, Never>
        var port: Int
        var tls: TLSContext
    }

    private let configuration: APIServerConfiguration
    private let limits: ConnectionLimits
    private let registry: Registry
    private let service: APIService
    private let streams = StreamTasks()
    private let connections = OpenConnections()
    private let logger: Logger
    private let running = Mutex<Running?>(nil)
    private let nodeIP: Mutex<String>

    /// - Parameters:
    ///   - podStreams: who serves logs and exec for a pod, or nil when its node is not reachable.
    ///   - images: the images of the server's own node, for the other nodes.
    public convenience init(
        configuration: APIServerConfiguration, registry: Registry,
        podStreams: @escaping @Sendable (Pod) -> (any PodStreams)?, images: (any ImageServing)? = nil, logger: Logger
    ) {
        self.init(
            configuration: configuration, registry: registry, podStreams: podStreams, images: images,
            limits: ConnectionLimits(), logger: logger)
    }

    init(
        configuration: APIServerConfiguration, registry: Registry,
        podStreams: @escaping @Sendable (Pod) -> (any PodStreams)?, images: (any ImageServing)? = nil,
        limits: ConnectionLimits, logger: Logger
    ) {
        self.configuration = configuration
        nodeIP = Mutex(configuration.nodeIP)
        self.limits = limits
        self.logger = logger
        self.registry = registry
        service = APIService(
            registry: registry, podStreams: podStreams,
            readinessChecks: [registry.check] + configuration.readinessChecks,
            metricSources: [{ registry.metrics }] + configuration.metrics, images: images, clock: configuration.clock,
            logger: logger)
    }

    /// The port that the server listens on; nil before `start` and after `stop`.
    public var port: Int? { running.withLock { $0?.port } }

    /// `https://127.0.0.1:6443`, as in the kubeconfig; nil while not started.
    public var url: String? { port.map { kubeconfigServer(port: $0) } }

    /// - Throws: what is wrong with a file in DATA-DIR/pki, with its path; a bind that failed, with the address.
    public func start() async throws {
        let directory = configuration.dataDirectory
        let pki = try preparePKI()
        let tls = try TLSContext(pki)
        let listener = try await bind(tls)
        do {
            let port = listener.localAddress?.port ?? configuration.listenPort
            try kubeconfig(pki, port: port).write(to: directory + "/kubeconfig")
            try await registry.publishServer(address: reachableAddress, port: port)
            let renewal = Task { await renew(tls, port: port) }
            let publishing = Task { await publishAgain(port: port) }
            running.withLock {
                $0 = Running(listener: listener, renewal: renewal, publishing: publishing, port: port, tls: tls)
            }
            service.started(try joining(pki, port: port), pki.authority)
            logger.info("the API is served", metadata: ["url": "\(kubeconfigServer(port: port))"])
        } catch {
            // The first error is the one to report.
            try? await listener.close()
            throw error
        }
    }

    /// This machine's address is another one from now on: new connections are shown a certificate that holds it, machines
    /// that join are told it, and pods reach the server there.
    public func nodeMoved(to address: String) async {
        nodeIP.withLock { $0 = address }
        guard let (tls, port) = running.withLock({ $0.map { ($0.tls, $0.port) } }) else { return }
        do {
            try refresh(tls, port: port)
            try await registry.publishServer(address: reachableAddress, port: port)
            logger.notice("the API is served for \(address) too", metadata: ["at": "\(kubeconfigServer(port: port))"])
        } catch {
            logger.error("the server is not ready for its address \(address)", metadata: ["error": "\(error)"])
        }
    }

    /// Ends watches, logs and exec connections, and waits a bounded time for open requests. Safe to call twice.
    public func stop() async {
        guard
            let running = running.withLock({ running in
                defer { running = nil }
                return running
            })
        else { return }
        running.renewal.cancel()
        running.publishing.cancel()
        service.stopping()
        // The listener first, so that no client comes back while the connections are closed. One that is closed already
        // is as good.
        try? await running.listener.close()
        streams.stop()
        await connections.close(grace: limits.grace)
    }

    private func bind(_ tls: TLSContext) async throws -> any Channel {
        let initializer = ConnectionInitializer(
            tls: tls, service: service, limits: limits, streams: streams,
            dates: DateHeader(clock: configuration.clock), logger: logger)
        return try await Listener.bind(
            configuration.listenAddress, configuration.listenPort, initializer, connections, limits)
    }

    private func joining(_ pki: PKI, port: Int) throws -> JoinEndpoint {
        JoinEndpoint(
            authorityPEM: try pki.authority.certificate.serializeAsPEM().pemString + "\n",
            address: joinAddress(port: port), network: configuration.network, clock: configuration.clock,
            join: NodeJoin(
                client: InProcessClient(registry), authority: pki.authority, clock: configuration.clock,
                podRange: configuration.podRange))
    }

    /// Where another machine reaches this server; nil when it listens on loopback alone.
    private func joinAddress(port: Int) -> String? {
        let address = configuration.listenAddress
        let host = ServerNames.isUnspecified(address) ? nodeIP.withLock(\.self) : address
        if host.hasPrefix("127.") || host == "::1" { return nil }
        return host.contains(":") ? "https://[\(host)]:\(port)" : "https://\(host):\(port)"
    }

    private func preparePKI() throws -> PKI {
        let names = ServerNames(
            listenAddress: configuration.listenAddress, nodeIP: nodeIP.withLock(\.self),
            nodeName: configuration.nodeName, serviceIP: configuration.serviceIP)
        return try PKI.prepare(
            directory: configuration.dataDirectory + "/pki", server: names.profile,
            now: configuration.clock.now().time, logger: logger)
    }

    private func kubeconfig(_ pki: PKI, port: Int) throws -> Kubeconfig {
        Kubeconfig(
            server: kubeconfigServer(port: port),
            authorityPEM: try pki.authority.certificate.serializeAsPEM().pemString + "\n",
            certificatePEM: try pki.administrator.certificatePEM, keyPEM: pki.administrator.keyPEM)
    }

    /// Makes the service `kubernetes` anew for one who deletes all services, within seconds as in Kubernetes.
    private func publishAgain(port: Int) async {
        while !Task.isCancelled {
            do {
                try await configuration.clock.sleep(for: .seconds(10))
                try await registry.publishServer(address: reachableAddress, port: port)
            } catch is CancellationError {
                return
            } catch {
                logger.error("the service kubernetes could not be written", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Where pods reach the server: nothing that is the host's own alone.
    private var reachableAddress: String? {
        let listening = configuration.listenAddress
        let address = ServerNames.isUnspecified(listening) ? nodeIP.withLock(\.self) : listening
        guard let number = ServiceAddressRange.address(address), number >> 24 != 127 else { return nil }
        return address
    }

    private func kubeconfigServer(port: Int) -> String {
        let address = configuration.listenAddress
        let host = ServerNames.isUnspecified(address) ? "127.0.0.1" : address
        return host.contains(":") ? "https://[\(host)]:\(port)" : "https://\(host):\(port)"
    }

    private func refresh(_ tls: TLSContext, port: Int) throws {
        let pki = try preparePKI()
        try tls.update(pki)
        try kubeconfig(pki, port: port).write(to: configuration.dataDirectory + "/kubeconfig")
        service.joins(try joining(pki, port: port))
    }

    /// Makes certificates anew while the server runs, for one that runs longer than they last.
    private func renew(_ tls: TLSContext, port: Int) async {
        while !Task.isCancelled {
            do {
                try await configuration.clock.sleep(for: .seconds(12 * 3600))
                try refresh(tls, port: port)
            } catch is CancellationError {
                return
            } catch {
                logger.error("certificates could not be renewed", metadata: ["error": "\(error)"])
            }
        }
    }
}
