import Client
import KubernetesAPI
import Logging

/// Carrying out what `Preemption` decided.
extension SchedulerCore {
    /// First the promise, then the victims: a scheduler that ends between the two finds the promise and decides again.
    /// - Parameter outranked: pods whose promise of that node is void now.
    func preempt(
        _ pod: Pod, _ plan: Preemption.Plan, _ message: String, outranked: [PlacedPod]
    ) async {
        await tell(pod, reason: "Unschedulable", message, nominating: plan.node)
        for other in outranked { await forgetNomination(of: other.name, uid: other.uid) }
        await withDiscardingTaskGroup { group in
            for victim in plan.victims where !victim.traits.isTerminating {
                group.addTask { [self] in await pushOut(victim, for: pod, on: plan.node) }
            }
        }
        wakeUp()
    }

    private func pushOut(_ victim: PlacedPod, for pod: Pod, on node: String) async {
        do {
            let now = clock.now().time
            let marked = try await client.modify(Pod.self, victim.name, status: true) { [uid = victim.uid] pod in
                guard pod.metadata.uid == uid else { return false }
                pod.status.conditions = (pod.status.conditions ?? []).filter { $0.type != "DisruptionTarget" }
                pod.status.conditions?.append(
                    PodCondition(
                        type: "DisruptionTarget", status: "True", lastTransitionTime: now,
                        reason: "PreemptionByScheduler",
                        message: "\(Scheduler.name): preempting to accommodate a higher priority pod"))
                return true
            }
            try await client.delete(Pod.self, victim.name, DeleteOptions(uid: victim.uid))
            recorder.record(
                about: marked, .normal, "Preempted",
                "Preempted by pod \(pod.metadata.uid ?? "") on node \(node)")
        } catch let error as APIError where error.isNotFound || error.isConflict {
            // It went by itself.
        } catch {
            if error is CancellationError { return }
            logger.warning("cannot push out \(victim.name) for \(pod.objectName): \(error)")
            retryPreemption(by: pod, sparing: victim.uid)
        }
    }

    /// The room that was kept for the pod is anybody's.
    func forgetNomination(of name: ObjectName, uid: String) async {
        do {
            try await client.modify(Pod.self, name, status: true) { pod in
                guard pod.metadata.uid == uid, pod.status.nominatedNodeName != nil else { return false }
                pod.status.nominatedNodeName = nil
                return true
            }
        } catch let error as APIError where error.isNotFound {
            return
        } catch {
            logger.warning("cannot write that no node is kept for \(name): \(error)")
        }
    }
}
