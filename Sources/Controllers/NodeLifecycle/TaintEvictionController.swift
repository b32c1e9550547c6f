import Client
import KubernetesAPI
import Synchronization

/// Deletes pods that do not tolerate a NoExecute taint of their node, once their time is over.
///
/// A pod on a lost node stays Terminating: only its node can say that it has ended, unless the node is deleted or fenced.
/// Source: kubernetes/kubernetes pkg/controller/tainteviction/taint_eviction.go.
final class TaintEvictionController: Sendable {
    private let client: any Client
    private let nodes: any Lister<Node>
    private let pods: any Lister<Pod>
    private let events: any EventSink
    private let clock: any WallClock
    /// Since when pods are under taints, by uid. A taint that takes another's place (not-ready, unreachable) begins no new count.
    private let hit = Mutex<[String: MicroTime]>([:])

    init(
        client: any Client, nodes: any Lister<Node>, pods: any Lister<Pod>, events: any EventSink,
        clock: any WallClock
    ) {
        self.client = client
        self.nodes = nodes
        self.pods = pods
        self.events = events
        self.clock = clock
    }

    func nodeChanged(old: Node?, new: Node?) -> [ObjectName] {
        guard let name = (new ?? old)?.metadata.name, Self.taints(old) != Self.taints(new) else { return [] }
        return pods.list(namespace: nil).filter { $0.spec.nodeName == name }.map(\.objectName)
    }

    func podChanged(old: Pod?, new: Pod?) -> [ObjectName] {
        if let uid = old?.metadata.uid, uid != new?.metadata.uid { hit.withLock { $0[uid] = nil } }
        guard let new, !(new.spec.nodeName ?? "").isEmpty else { return [] }
        let isSame =
            old?.metadata.uid == new.metadata.uid && old?.spec.nodeName == new.spec.nodeName
            && old?.spec.tolerations == new.spec.tolerations
        return isSame ? [] : [new.objectName]
    }

    private static func taints(_ node: Node?) -> [Taint] {
        (node?.spec.taints ?? []).filter { $0.effect == "NoExecute" }
    }

    /// - Returns: after what time to look again even if nothing changes.
    func reconcile(_ key: ObjectName) async throws -> Duration? {
        guard let pod = pods.get(key), let uid = pod.metadata.uid, let nodeName = pod.spec.nodeName,
            pod.metadata.deletionTimestamp == nil, let node = nodes.get(ObjectName(nodeName))
        else { return nil }
        let taints = Self.taints(node)
        guard !taints.isEmpty else {
            if hit.withLock({ $0.removeValue(forKey: uid) }) != nil {
                events.record(about: pod, .normal, "TaintManagerEviction", "Cancelling deletion of Pod \(key)")
            }
            return nil
        }
        let now = clock.now()
        switch TaintEviction.stay(pod, taints) {
        case .unlimited:
            hit.withLock { $0[uid] = nil }
            return nil
        case .limited(let stay):
            let since = hit.withLock { hit in
                let since = hit[uid] ?? TaintEviction.hitAt(pod, taints, now: now)
                hit[uid] = since
                return since
            }
            let left = now.duration(to: since + stay)
            if left > .zero { return left }
        case .none: break
        }
        try await evict(pod, uid, now.time)
        return nil
    }

    private func evict(_ pod: Pod, _ uid: String, _ now: Time) async throws {
        events.record(about: pod, .normal, "TaintManagerEviction", "Marking for deletion Pod \(pod.objectName)")
        do {
            try await client.modify(Pod.self, pod.objectName, status: true) { pod in
                guard pod.metadata.uid == uid, pod.condition("DisruptionTarget")?.status != "True" else { return false }
                var condition = PodCondition(
                    type: "DisruptionTarget", status: "True", reason: "DeletionByTaintManager",
                    message: "Taint manager: deleting due to NoExecute taint")
                condition.lastTransitionTime = now
                let rest = (pod.status.conditions ?? []).filter { $0.type != "DisruptionTarget" }
                pod.status.conditions = rest + [condition]
                return true
            }
            try await client.delete(Pod.self, pod.objectName, DeleteOptions(uid: uid))
        } catch let error as APIError where error.isNotFound || error.isConflict {
            // Gone, or another of its name: not the one that was hit.
        }
        hit.withLock { $0[uid] = nil }
    }
}
