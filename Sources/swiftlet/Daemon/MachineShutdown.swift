import Client
import KubernetesAPI
import Logging
import ServiceLifecycle
import UnixSignals

/// Ends the node's pods in good order when swiftlet-shutdown.service says, by SIGUSR2, that they go with the machine.
///
/// Where no other node could take over, nothing is done: the pods' own unit ends them, and they come back as they are.
struct MachineShutdown: ServiceLifecycle.Service {
    let nodeName: String
    let client: any Client
    let manager: ServiceManager
    /// Returns when all pods have ended or their time is over.
    let endPods: @Sendable () async -> Void
    let logger = Logger(label: "swiftlet")

    /// Runs on after a stop until what it has begun is done: whatever comes before it in the group is stopped after it.
    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigusr2)
        for await _ in signals.cancelOnGracefulShutdown() { await shutDown() }
    }

    private func shutDown() async {
        guard await hasSuccessor() else {
            logger.info("the machine goes down, and no other node is ready: pods stay until their own unit ends them")
            return
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await endPods() }
            group.addTask {
                // systemd allows the stop 30 s; each of these asks for some more (sd_notify(3)).
                while !Task.isCancelled {
                    manager.tell("EXTEND_TIMEOUT_USEC=20000000")
                    // Cancelled: the pods have ended.
                    do { try await Task.sleep(for: .seconds(5)) } catch { return }
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func hasSuccessor() async -> Bool {
        do {
            return try await client.list(Node.self, ListOptions()).items.contains { node in
                node.metadata.name != nodeName && node.spec.unschedulable != true
                    && node.status.conditions?.contains { $0.type == "Ready" && $0.status == "True" } == true
            }
        } catch {
            logger.warning("the machine goes down, and what other nodes there are is not known: \(error)")
            return false
        }
    }
}
