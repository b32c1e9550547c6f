import Client
import KubernetesAPI
import Logging

/// Collects pods that have ended or lost their node, every 20 seconds.
struct PodGarbageController: Sendable {
    let client: any Client
    let pods: any Lister<Pod>
    let nodes: any Lister<Node>
    let clock: any WallClock
    let logger: Logger
    /// How many finished pods are kept.
    var threshold = 12_500

    static let period = Duration.seconds(20)
    /// A node that was just deleted may be registering anew.
    static let quarantine = Duration.seconds(40)

    func run() async {
        var missing: [String: MicroTime] = [:]
        while !Task.isCancelled {
            await collect(&missing)
            do { try await clock.sleep(for: Self.period) } catch { return }
        }
    }

    /// - Parameter missing: nodes that pods name and that do not exist, and since when that is known.
    func collect(_ missing: inout [String: MicroTime]) async {
        let now = clock.now()
        let all = pods.list(namespace: nil)
        let present = nodes.list(namespace: nil)
        let known = Set(present.compactMap(\.metadata.name))
        let orphaned = PodGarbage.orphaned(all, nodes: known)
        let names = Set(orphaned.compactMap(\.spec.nodeName))
        missing = missing.filter { names.contains($0.key) }
        var gone: Set<String> = []
        for name in names {
            let since = missing[name] ?? now
            missing[name] = since
            if since.duration(to: now) >= Self.quarantine, await isGone(name) { gone.insert(name) }
        }
        for pod in orphaned where gone.contains(pod.spec.nodeName ?? "") { await end(pod, .nodeGone) }
        for pod in PodGarbage.fenced(all, nodes: present) { await end(pod, .nodeOff) }
        for pod in PodGarbage.finished(all, threshold: threshold) + PodGarbage.neverPlaced(all) {
            await end(pod, .overdue)
        }
    }

    private func isGone(_ node: String) async -> Bool {
        do {
            _ = try await client.get(Node.self, ObjectName(node))
            return false
        } catch {
            return (error as? APIError)?.isNotFound ?? false
        }
    }

    private enum Reason { case nodeGone, nodeOff, overdue }

    private func end(_ pod: Pod, _ why: Reason) async {
        do {
            if why != .overdue, !pod.isTerminal {
                let now = clock.now().time
                try await client.modify(Pod.self, pod.objectName, status: true) { [uid = pod.metadata.uid] pod in
                    guard pod.metadata.uid == uid else { return false }
                    pod.status.phase = "Failed"
                    // One that is being deleted says already who wanted it so.
                    if why == .nodeOff { return true }
                    var rest = (pod.status.conditions ?? []).filter { $0.type != "DisruptionTarget" }
                    var condition = PodCondition(
                        type: "DisruptionTarget", status: "True", reason: "DeletionByPodGC",
                        message: "PodGC: node no longer exists")
                    condition.lastTransitionTime = now
                    rest.append(condition)
                    pod.status.conditions = rest
                    return true
                }
            }
            try await client.delete(
                Pod.self, pod.objectName, DeleteOptions(gracePeriodSeconds: 0, uid: pod.metadata.uid))
        } catch let error as APIError where error.isNotFound || error.isConflict {
            return
        } catch {
            logger.warning("cannot collect pod \(pod.objectName), will try again: \(error)")
        }
    }
}
