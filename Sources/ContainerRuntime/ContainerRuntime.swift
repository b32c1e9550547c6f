import CLinux
import Glibc
public import Linux
public import Logging
import Synchronization

/// Sandboxes and containers on this machine. Each sandbox has a supervisor process that outlives this object; what is kept
/// here is rebuilt from it by `adopt()`. All methods may be called from anywhere at any time.
///
/// Where to start reading: docs/container-runtime.md.
public final class ContainerRuntime: Sendable {
    /// What happens without anyone having asked. For one consumer.
    public let events: AsyncStream<RuntimeEvent>

    let configuration: RuntimeConfiguration
    let logger: Logger
    let thread: EventThread
    let confinement = ConfinementResolver()
    let devices = LoadedDeviceProgram(DeviceProgram(allowing: DeviceRule.containerDefault))
    private let continuation: AsyncStream<RuntimeEvent>.Continuation
    private let state = Mutex(State())

    private struct State {
        var sandboxes: [String: SandboxRecord] = [:]
        /// Being made or removed: nobody else may begin the same.
        var busy: Set<String> = []
        var unenforced: [String: UnenforcedLimit] = [:]
        /// Containers that were prepared and not started yet, by pod and id.
        var prepared: [String: [String: PreparedContainer]] = [:]
        var stopped = false
    }

    /// Makes the directories and cgroups that all sandboxes share.
    public init(_ configuration: RuntimeConfiguration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        (events, continuation) = AsyncStream.makeStream(of: RuntimeEvent.self)
        // Others have no business there: sockets, environments.
        try Files.makeDirectories(configuration.runDirectory, mode: 0o755)
        try Files.makeDirectories("\(configuration.runDirectory)/pods", mode: 0o700)
        try Files.makeDirectories("\(configuration.dataDirectory)/pods", mode: 0o700)
        try configuration.cgroup.root.child("pods").create(delegating: true)
        try configuration.cgroup.root.child("supervisors").create()
        thread = try EventThread(name: "supervisors")
    }

    deinit {
        thread.stop()
        continuation.finish()
    }

    /// Limits that were asked for and that this host cannot enforce, one of each kind.
    public var unenforcedLimits: [UnenforcedLimit] {
        state.withLock { Array($0.unenforced.values) }.sorted { $0.file < $1.file }
    }

    /// Lets go of all supervisors, which go on. The stream of events ends.
    public func stop() async {
        let clients = state.withLock { state in
            state.stopped = true
            defer { state.sandboxes = [:] }
            return state.sandboxes.values.map(\.client)
        }
        for client in clients { client.close() }
        thread.stop()
        continuation.finish()
    }

    /// Keeps the pod's address for the next daemon.
    public func recordAddress(_ podUID: String, _ address: String) throws {
        try SandboxStore(paths: try sandbox(podUID).paths).save(address: address)
    }

    // MARK: What the parts share

    func podCgroup(_ podUID: String) -> Cgroup { configuration.cgroup.root.child("pods").child(podUID) }
    func supervisorCgroup(_ podUID: String) -> Cgroup { configuration.cgroup.root.child("supervisors").child(podUID) }

    func sandbox(_ podUID: String) throws(RuntimeError) -> SandboxRecord {
        guard let found = state.withLock({ $0.sandboxes[podUID] }) else {
            throw RuntimeError(reason: "SandboxNotFound", message: "pod \(podUID) has no sandbox on this node")
        }
        return found
    }

    var podUIDs: [String] { state.withLock { Array($0.sandboxes.keys) } }

    func insert(_ record: SandboxRecord) { state.withLock { $0.sandboxes[record.config.podUID] = record } }

    func take(_ podUID: String) -> SandboxRecord? { state.withLock { $0.sandboxes.removeValue(forKey: podUID) } }

    func keep(_ prepared: PreparedContainer, of podUID: String) {
        state.withLock { $0.prepared[podUID, default: [:]][prepared.config.id] = prepared }
    }

    func takePrepared(_ podUID: String, _ id: String) -> PreparedContainer? {
        state.withLock { $0.prepared[podUID]?.removeValue(forKey: id) }
    }

    func forgetPrepared(_ podUID: String) { state.withLock { $0.prepared[podUID] = nil } }

    /// Claims a pod for making or removing its sandbox.
    func claim(_ podUID: String) throws(RuntimeError) {
        guard SandboxPaths.isSafe(podUID) else {
            throw RuntimeError(reason: "CreateContainerError", message: "\"\(podUID)\" is not a pod's uid")
        }
        guard state.withLock({ !$0.stopped && $0.busy.insert(podUID).inserted }) else {
            throw RuntimeError(
                reason: "CreateContainerError", message: "the sandbox of pod \(podUID) is being made or removed")
        }
    }

    func release(_ podUID: String) { state.withLock { _ = $0.busy.remove(podUID) } }

    /// - killsTogether: a container that runs out of memory dies as a whole; a pod's containers die one by one.
    func apply(_ limits: ResourceLimits, to cgroup: Cgroup, killsTogether: Bool) throws(SystemError) {
        let wanted = CgroupLimits(
            cpuLimitMilli: limits.cpuLimitMilli, cpuRequestMilli: limits.cpuRequestMilli,
            memoryLimit: limits.memoryLimit, pids: limits.pids, killsTogether: killsTogether)
        for limit in try cgroup.apply(wanted) {
            // Said once, not for each pod.
            let first = state.withLock { $0.unenforced.updateValue(limit, forKey: limit.file) == nil }
            if first { logger.warning("a limit cannot be enforced on this host: \(limit.file): \(limit.reason)") }
        }
    }

    /// What a supervisor says, or that it has gone.
    func receive(_ event: SupervisorClient.Event, from podUID: String) {
        switch event {
        case .exited(let record):
            continuation.yield(.containerExited(podUID: podUID, ContainerState(record)))
        case .closed:
            guard let record = state.withLock({ $0.stopped ? nil : $0.sandboxes[podUID] }), !record.isEnding else {
                return
            }
            supervisorEnded(record)
        }
    }

    private func supervisorEnded(_ record: SandboxRecord) {
        let podUID = record.config.podUID
        state.withLock { _ = $0.sandboxes.removeValue(forKey: podUID) }
        let cgroup = podCgroup(podUID)
        // It may also have lost its connection only; without one it is as good as dead, and must not go on unseen.
        do {
            try record.supervisor.signal(SIGKILL)
            try cgroup.kill()
        } catch  where error.code != ENOENT {
            logger.error("cannot kill pod \(podUID) after its supervisor: \(error)")
        } catch {}
        reapLater(record)
        continuation.yield(.sandboxDied(podUID: podUID))
    }

    /// Its socket closes a moment before it has ended.
    private func reapLater(_ record: SandboxRecord) {
        Task { [logger] in
            do {
                try await blocking {
                    _ = try record.supervisor.waitForEnd(milliseconds: 10_000)
                    try Self.reap(record.supervisor)
                }
            } catch {
                logger.error("cannot reap the supervisor of pod \(record.config.podUID): \(error)")
            }
        }
    }
}
