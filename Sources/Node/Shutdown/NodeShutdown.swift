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
    static let reason = "Terminated"
    static let message = "Pod was terminated in response to imminent node shutdown."
    static let refusal = StopReason.refused(
        reason: "NodeShutdown", message: "Pod was rejected as the node is shutting down.")

    static func isMark(_ condition: PodCondition) -> Bool {
        condition.type == "DisruptionTarget" && condition.reason == PodCondition.terminationByKubelet
    }

    /// A pod that is being ended so tells of it in a condition, by which Services see that it terminates. One that outlived
    /// the attempt is as any other.
    static func conditions(
        _ conditions: [PodCondition], stop: StopReason?, phase: String, now: Time
    ) -> [PodCondition] {
        if stop == .nodeShutdown {
            guard !conditions.contains(where: isMark) else { return conditions }
            return conditions.filter { $0.type != "DisruptionTarget" } + [
                PodCondition(
                    type: "DisruptionTarget", status: "True", lastTransitionTime: now,
                    reason: PodCondition.terminationByKubelet, message: message)
            ]
        }
        return phase == "Failed" || phase == "Succeeded" ? conditions : conditions.filter { !isMark($0) }
    }
}
