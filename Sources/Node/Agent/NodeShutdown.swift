import Client
import KubernetesAPI
import Logging
import Synchronization

/// The end of all pods before the machine goes down: in the order of `ShutdownPlan`, each by the way of a deletion, the
/// drain of its connections included.
final class NodeShutdown: Sendable {
    private let workers = Mutex<PodWorkers?>(nil)
    private let begun = Mutex(false)

    var isUnderWay: Bool { begun.withLock { $0 } }

    /// The agent's pods, once it has taken them over.
    func attach(_ workers: PodWorkers) {
        self.workers.withLock { $0 = workers }
        if isUnderWay { workers.refuseNew() }
    }

    /// Returns when every pod has ended or its time is over. Whoever asks a second time returns at once.
    func run(
        _ configuration: NodeConfiguration, tellNode: @Sendable () async -> Void, clock: any WallClock, logger: Logger
    ) async {
        let isFirst = begun.withLock { begun in
            defer { begun = true }
            return !begun
        }
        guard isFirst else { return }
        let workers = workers.withLock { $0 }
        // Before the node says so: nothing that comes now is started.
        workers?.refuseNew()
        await tellNode()
        guard let workers else { return }
        let plan = ShutdownPlan(
            workers.pods, total: configuration.shutdownGracePeriod,
            critical: configuration.shutdownGracePeriodCriticalPods)
        for group in plan.groups {
            logger.info("the node is shutting down: \(group.pods.count) pods end within \(group.grace)")
            let end = clock.now() + group.grace
            workers.shutDown(group.pods, by: end)
            while clock.now() < end, workers.isAnyAlive(of: group.pods) {
                do { try await clock.sleep(for: .milliseconds(50)) } catch { return }
            }
        }
        logger.info("the node is shutting down: all pods have been told")
    }
}

/// What pods say of it.
/// Source: the kubelet's nodeshutdown manager.
extension NodeShutdown {
}
