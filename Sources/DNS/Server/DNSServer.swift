public import Client
import Glibc
import KubernetesAPI
import Linux
public import Logging
import Synchronization

/// The cluster's DNS on one node: answers about Services from memory, asks the host's servers about everything else.
/// Source: Kubernetes DNS-Based Service Discovery 1.1.0.
public final class DNSServer: Sendable {
    private let configuration: DNSConfiguration
    private let services: Informer<Service>
    private let slices: Informer<EndpointSlice>
    private let namespaces: Informer<Namespace>
    private let clock: any WallClock
    private let logger: Logger
    private let zone: ZoneStore
    private let limits: Forwarder.Limits

    /// - Parameter informers: the node's; somebody else runs them.
    /// - Throws: `DNSError` for a cluster domain that is no name.
    public convenience init(
        configuration: DNSConfiguration, informers: Informers, clock: any WallClock = SystemClock(), logger: Logger
    ) throws(DNSError) {
        try self.init(configuration, informers, clock, logger, limits: Forwarder.Limits())
    }

    init(
        _ configuration: DNSConfiguration, _ informers: Informers, _ clock: any WallClock, _ logger: Logger,
        limits: Forwarder.Limits
    ) throws(DNSError) {
        let ranges = [configuration.serviceCIDR, configuration.podCIDR]
        guard
            let names = ClusterNames(
                domain: configuration.clusterDomain, serverAddress: configuration.address, ranges: ranges)
        else { throw DNSError("cluster domain '\(configuration.clusterDomain)' is not a domain name") }
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.limits = limits
        // Seconds since 1970, as many zones have it: larger than any serial of an earlier daemon.
        zone = ZoneStore(names, serial: UInt32(truncatingIfNeeded: clock.now().microseconds / 1_000_000))
        services = informers(Service.self)
        slices = informers(EndpointSlice.self)
        namespaces = informers(Namespace.self)
        services.onChange(zone.serviceChanged)
        slices.onChange(zone.sliceChanged)
        namespaces.onChange(zone.namespaceChanged)
    }

    /// Answers until the task is cancelled.
    ///
    /// - Throws: `SystemError` when there is no right to the port. One that somebody else has is waited for, and the log says so.
    public func run() async throws {
        let sockets = try await bind()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (started, start) = AsyncStream<Void>.makeStream()
            group.addTask { [self] in
                try await services.waitUntilSynced()
                try await slices.waitUntilSynced()
                try await namespaces.waitUntilSynced()
                zone.markComplete()
                start.yield()
            }
            group.addTask {
                try await self.clock.sleep(for: Self.patience)
                start.yield()
            }
            // Questions that came meanwhile wait in the sockets: they are answered rightly rather than at once. Without the
            // API, names outside the cluster are still to be had.
            for await _ in started { break }
            try Task.checkCancellation()
            do { try await serve(sockets) } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    /// For how long the API is waited for before questions are answered without it.
    private static let patience = Duration.seconds(5)
    /// Attempts to have a port that somebody else has, ten a second, after which it is an error, again and again.
    private static let attemptsUntilError = 50

    private struct Sockets: Sendable {
        var datagrams: InternetSocket
        var listener: InternetSocket
    }

    private func bind() async throws -> Sockets {
        let address = SocketAddress(configuration.address, port: configuration.port)
        var absent = false
        var attempt = 0
        while true {
            attempt += 1
            switch Self.bind(address, absent: absent) {
            case .success(let sockets):
                logger.info("answering on \(address)")
                return sockets
            case .failure(let error) where error.code == EADDRNOTAVAIL && !absent:
                // Its interface is made by another part. Bound without it, packets come as soon as it is there, and also when
                // it has been taken away and made again.
                logger.info("\(configuration.address) is not on this machine yet: answering on it once it is")
                absent = true
            case .failure(let error) where error.code == EADDRINUSE:
                // A daemon that is on its way out, or somebody who stays. The node works without its DNS, so it goes on.
                if attempt == 1 { logger.warning("\(error), trying again") }
                if attempt % Self.attemptsUntilError == 0 {
                    logger.error(
                        """
                        \(error): pods have no DNS, because another program has the port; stop it, or have it listen \
                        on addresses of its own
                        """)
                }
                try await clock.sleep(for: .milliseconds(100))
            case .failure(let error): throw error
            }
        }
    }

    private static func bind(_ address: SocketAddress, absent: Bool) -> Result<Sockets, SystemError> {
        Result { () throws(SystemError) in
            // A megabyte holds what comes in while the thread has no processor for a while.
            let datagrams = try InternetSocket.bound(.udp, to: address, absent: absent, receiveBuffer: 1 << 20)
            return Sockets(
                datagrams: datagrams, listener: try InternetSocket.bound(.tcp, to: address, absent: absent))
        }
    }

    private func serve(_ sockets: Sockets) async throws {
        let stop = try EventFD()
        let own = SocketAddress(configuration.address, port: configuration.port)
        let resolver = HostResolver(
            path: configuration.resolvConfPath, own: own, port: configuration.upstreamPort, logger: logger)
        let parts = ServerLoop.Parts(
            datagrams: sockets.datagrams, listener: sockets.listener, stop: stop, zone: zone, resolver: resolver,
            limits: limits, logger: logger)
        try await withTaskCancellationHandler {
            try await ServerThread.run(parts)
        } onCancel: {
            do { try stop.signal() } catch { logger.error("cannot stop answering: \(error)") }
        }
        sockets.datagrams.fd.close()
        sockets.listener.fd.close()
    }
}
