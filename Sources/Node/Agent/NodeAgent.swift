public import Client
public import ContainerRuntime
public import ImageStore
import KubernetesAPI
import Linux
public import Logging
public import PodNetwork

/// The agent of one node: registers it, runs its pods, tells how they are. Where to start reading: docs/node.md.
public final class NodeAgent: Sendable {
    private let configuration: NodeConfiguration
    private let client: any Client
    private let runtime: ContainerRuntime
    private let network: PodNetwork
    private let images: ImageStore
    private let stored: StoredImages
    private let pods: Informer<Pod>
    private let nodes: Informer<Node>
    private let volumes: Informer<PersistentVolume>
    private let draining: any PodDraining
    private let checks: NodeChecks
    private let clock: any WallClock
    private let logger: Logger

    private let host: SandboxHost
    private let containers: ContainerDirectory
    private let watch = DirectoryWatch()
    private let shutdown = NodeShutdown()
    private let contact: ServerContact
    private let peerProblems = PeerProblems()

    /// - Parameters:
    ///   - informers: the node's; somebody else runs them.
    ///   - peerCredentials: what the node shows to others that it wants images from; nil for a node that fetches none.
    public init(
        configuration: NodeConfiguration, informers: Informers, runtime: ContainerRuntime, network: PodNetwork,
        images: ImageStore, draining: any PodDraining, checks: NodeChecks = NodeChecks(),
        peerCredentials: (@Sendable () async throws -> PeerCredentials)? = nil,
        clock: any WallClock = SystemClock(), logger: Logger
    ) {
        self.configuration = configuration
        client = informers.client
        self.runtime = runtime
        self.network = network
        self.images = images
        pods = informers(Pod.self, .pods(on: configuration.nodeName))
        volumes = informers(PersistentVolume.self)
        let nodes = informers(Node.self)
        self.nodes = nodes
        let puller = ImagePuller(
            store: images, clock: clock, logger: logger,
            holders: { ImageHolders(peerCredentials == nil ? [] : nodes.list(), except: configuration.nodeName) },
            connect: { peer in
                // Without credentials no peer is ever found.
                guard let credentials = try await peerCredentials?() else { throw CancellationError() }
                return try HTTPImageSource(peer, credentials)
            })
        stored = StoredImages(store: images, puller: puller)
        self.draining = draining
        self.checks = checks
        self.clock = clock
        self.logger = logger
        contact = ServerContact(at: clock.now(), interval: LeaseRenewal.firstInterval)
        containers = ContainerDirectory(watch: watch)
        host = SandboxHost(runtime: runtime, network: network, logger: logger)
    }

    /// Logs and exec of this node's pods, for the API server.
    public var podStreams: any PodStreams {
        NodePodStreams(
            configuration: configuration, runtime: host, containers: containers, watch: watch, clock: clock)
    }

    /// This node's images, for other nodes.
    public var imageServing: any ImageServing { ImageServer(images) }

    /// Works until the task is cancelled. Pods go on when it ends.
    public func run() async throws {
        try network.setUp()
        let adopted = try await host.adopt()
        let machine = try Machine.current(configuration)
        let recorder = EventRecorder(
            client, component: "kubelet", host: configuration.nodeName, clock: clock, logger: logger)
        let workers = PodWorkers(try services(machine, recorder))
        let registration = registration(machine)

        // Pods that were here before are given to workers together with what the runtime found of them, below; changes
        // wait until that is done.
        let gate = ChangeGate(workers.changed)
        pods.onChange(gate.changed)
        nodes.onChange { [configuration] old, new in
            guard let new, new.metadata.name != configuration.nodeName else { return }
            if ImageHolders.isNews(new, after: old) { workers.imagesChanged() }
        }
        // One that waits is enough, however many changes came.
        let (moves, moved) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        configuration.nodeAddress.onChange { _ in moved.yield() }

        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await recorder.run() }
            group.addTask { [configuration, logger] in
                // A node that cannot register yet still runs the pods that it has.
                do { await registration.run(try await registration.register()) } catch {
                    logger.debug("node \(configuration.nodeName) is not registered: \(error)")
                }
            }
            group.addTask { await self.reclaimDirectories(recorder) }
            group.addTask { await self.watchImages(workers, registration) }
            group.addTask { try await self.connectPeers() }
            group.addTask { await self.tellMoves(moves, workers, registration) }
            group.addTask { [configuration, clock, logger] in
                await AddressFollower(address: configuration.nodeAddress, clock: clock, logger: logger).run()
            }
            // Before that every pod that is here would look like one that is to end.
            try await pods.waitUntilSynced()
            let known = takeOver(adopted, workers)
            group.addTask { await self.detach(keeping: known) }
            shutdown.attach(workers)
            gate.open()
            for await event in host.events { workers.handle(event) }
            await workers.stop()
            await stored.puller.stop()
            group.cancelAll()
        }
    }

    private func connectPeers() async throws {
        let peers = PeerNodes(
            nodeName: configuration.nodeName, address: configuration.nodeAddress, nodes: nodes, network: network,
            problems: peerProblems, clock: clock, logger: logger)
        try await peers.run()
    }

    /// The cluster is told at once where the node is now: until then nobody finds its pods.
    private func tellMoves(
        _ moves: AsyncStream<Void>, _ workers: PodWorkers, _ registration: NodeRegistration
    ) async {
        for await _ in moves {
            workers.addressChanged()
            var delay = Duration.milliseconds(200)
            while !Task.isCancelled {
                do {
                    try await registration.report()
                    break
                } catch {
                    logger.warning("the cluster is not told yet that this node is at \(configuration.nodeIP): \(error)")
                }
                // Cancelled with the agent: the next one says it.
                do { try await clock.sleep(for: delay) } catch { return }
                delay = min(delay * 2, .seconds(5))
            }
        }
    }

    private var attachments: NodeAttachments { NodeAttachments(nodeName: configuration.nodeName, client: client) }

    private func services(_ machine: Machine, _ recorder: EventRecorder) throws -> NodeServices {
        let allocatable = machine.allocatable(configuration)
        // A node without the file has no resolver, and neither have its pods; without systemd-resolved there is no second one.
        let resolver = (try? Files.read("/etc/resolv.conf")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let resolved = (try? Files.read("/run/systemd/resolve/resolv.conf")).map { String(decoding: $0, as: UTF8.self) }
        return NodeServices(
            configuration: configuration, runtime: host, images: stored,
            objects: ClientReader(client: client), pods: ClientPodAPI(client: client),
            events: RecordedPodEvents(recorder: recorder), prober: NodeProber(runtime: host), mounts: KernelMounts(),
            attachments: attachments, draining: draining,
            references: ReferenceWatches(client, clock: clock, logger: logger),
            containers: containers,
            contact: contact, admission: Admission(allocatable: allocatable), allocatable: allocatable,
            nodeResolver: ResolverConfig.node(resolver, resolved: resolved), clock: clock, logger: logger)
    }

    private func registration(_ machine: Machine) -> NodeRegistration {
        let blockers = ForwardBlockers(range: network.configuration.clusterCIDR, clock: clock, logger: logger)
        return NodeRegistration(
            configuration: configuration, machine: machine, client: client, contact: contact,
            findings: { [configuration, checks, runtime, shutdown, peerProblems, logger] in
                var findings = NodeFindings()
                do {
                    findings.availableMemory = try HostFacts.availableMemoryBytes()
                    let space = try FileSystemSpace.of(configuration.dataDirectory)
                    findings.storage = space.total
                    findings.availableStorage = space.available
                } catch {
                    logger.warning("cannot read the node's resources: \(error)")
                }
                findings.notReady = shutdown.isUnderWay ? "node is shutting down" : checks.notReady()
                findings.forwardBlockers = blockers.current
                findings.peerProblems = peerProblems.current
                findings.unenforcedLimits = runtime.unenforcedLimits.map { "\($0)" }
                return findings
            },
            images: { [images, logger] in
                do {
                    return try images.list().map {
                        ContainerImage(names: ImageHolders.names(of: $0), sizeBytes: $0.size)
                    }
                } catch {
                    logger.warning("cannot list the node's images: \(error)")
                    return []
                }
            }, clock: clock, logger: logger)
    }

    /// Ends all pods because the machine goes down (docs/nodes.md): the node is not ready from now on and takes no pod.
    /// Returns when all have ended or their time is over.
    public func shutDown() async {
        await shutdown.run(
            configuration,
            tellNode: {
                // The next heartbeat says it again.
                do { try await self.registration(try Machine.current(self.configuration)).report(force: true) } catch {
                    self.logger.warning("cannot tell that node \(self.configuration.nodeName) shuts down: \(error)")
                }
            }, clock: clock, logger: logger)
    }

    // MARK: Start

    /// Gives every pod of the API a worker, with what was found of it, and ends what has no pod.
    private func takeOver(_ adopted: [AdoptedSandbox], _ workers: PodWorkers) -> Set<String> {
        var found = Dictionary(adopted.map { ($0.config.podUID, $0) }, uniquingKeysWith: { first, _ in first })
        let all = pods.list()
        let known = Set(all.compactMap(\.metadata.uid)).union(found.keys)
        let mine = all.map { pod in (pod, pod.metadata.uid.flatMap { found.removeValue(forKey: $0) }) }
        // Those first that were replaced while this node was away: nothing new starts before they have ended.
        for (uid, sandbox) in found {
            logger.info("pod \(uid) is not in the API any more: ending it")
            workers.start(Orphan.pod(sandbox), adopted: sandbox, isGone: true)
        }
        for (pod, sandbox) in mine where sandbox != nil { workers.start(pod, adopted: sandbox) }
        for (pod, sandbox) in mine where sandbox == nil { workers.start(pod, adopted: nil) }
        sweep(keeping: known)
        return known
    }

    /// Gives up the volumes of pods that are not here any more: nothing mounts them.
    private func detach(keeping known: Set<String>) async {
        while !Task.isCancelled {
            do { return try await attachments.detach { !known.contains($0) } } catch {
                logger.warning("cannot give up the volumes of former pods, will try again: \(error)")
            }
            // Cancelled with the agent: the next one does it.
            do { try await clock.sleep(for: .seconds(10)) } catch { return }
        }
    }

    /// What pods left that no worker will ever ask for.
    private func sweep(keeping known: Set<String>) {
        do {
            for lease in try stored.leases() {
                let uid = String(lease.holder.prefix { $0 != "_" })
                if !known.contains(uid) { try stored.release(holder: lease.holder) }
            }
            let root = configuration.dataDirectory + "/pods"
            guard Files.exists(root) else { return }
            for uid in try Files.names(in: root) where !known.contains(uid) {
                let directory = PodDirectory(dataDirectory: configuration.dataDirectory, uid: uid)
                try PodVolumes(
                    directory: directory, objects: ClientReader(client: client), mounts: KernelMounts(),
                    attachments: attachments, clock: clock
                ).tearDown()
                guard Files.exists(configuration.podLogDirectory) else { continue }
                for name in try Files.names(in: configuration.podLogDirectory) where name.hasSuffix("_" + uid) {
                    try Files.removeTree(configuration.podLogDirectory + "/" + name)
                }
            }
        } catch {
            logger.warning("cannot remove everything that former pods left: \(error)")
        }
    }

    // MARK: Beside the pods

    private func reclaimDirectories(_ recorder: EventRecorder) async {
        let queue = WorkQueue<ObjectName>(clock: clock)
        volumes.onChange { _, new in if let new { queue.add(new.objectName) } }
        let reclaim = DirectoryReclaim(
            nodeName: configuration.nodeName, client: client, events: recorder, logger: logger)
        await queue.run(
            workers: 1, failed: { [logger] name, error in logger.warning("cannot reclaim volume \(name): \(error)") },
            { [volumes] name in try await reclaim.reclaim(name, volumes.get(name)) })
    }

    /// Pods that wait for an image start as soon as it is imported, here or on another node: so the cluster is told at
    /// once.
    private func watchImages(_ workers: PodWorkers, _ registration: NodeRegistration) async {
        do {
            for await _ in try watch.changes(in: images.indexDirectory) {
                workers.imagesChanged()
                // The next heartbeat tells it too, and says why this one failed.
                do { try await registration.report() } catch { logger.debug("imports are told late: \(error)") }
            }
        } catch {
            logger.warning("imports are noticed late: \(error)")
        }
    }
}
