import Client
import KubernetesAPI
import Synchronization

/// Notices nodes that fall silent, and keeps new pods off nodes that are not well.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go.
final class NodeLifecycleController: Sendable {
    /// Where nodes renew their leases.
    static let leaseNamespace = "kube-node-lease"

    private let client: any Client
    private let nodes: any Lister<Node>
    private let leases: any Lister<Lease>
    private let pods: any Lister<Pod>
    private let events: any EventSink
    private let clock: any WallClock
    private let settings: NodeLifecycleSettings
    private let pace: Mutex<EvictionPace>
    /// By the node's uid. Lost with the process: then a node's silence counts from the new start.
    private let health: Mutex<ClusterHealth>

    init(
        client: any Client, nodes: any Lister<Node>, leases: any Lister<Lease>, pods: any Lister<Pod>,
        events: any EventSink, clock: any WallClock, settings: NodeLifecycleSettings = NodeLifecycleSettings()
    ) {
        self.client = client
        self.nodes = nodes
        self.leases = leases
        self.pods = pods
        self.events = events
        self.clock = clock
        self.settings = settings
        health = Mutex(ClusterHealth(grace: settings.grace))
        pace = Mutex(EvictionPace(settings))
    }

    func nodeChanged(old: Node?, new: Node?) -> [ObjectName] {
        if new == nil, let uid = old?.metadata.uid { health.withLock { $0.forget(uid) } }
        // How many are well decides over all that are not.
        guard let old, let new, NodeSign(old) == NodeSign(new) else {
            return nodes.list(namespace: nil).map(\.objectName)
        }
        return [new.objectName]
    }

    /// A renewal while all is well changes nothing and is read at the next look.
    func leaseChanged(old: Lease?, new: Lease?) -> [ObjectName] {
        guard let lease = new ?? old, lease.metadata.namespace == Self.leaseNamespace, let name = lease.metadata.name
        else {
            return []
        }
        return [ObjectName(name)]
    }

    func reconcile(_ name: ObjectName) async throws -> Duration? {
        guard var node = nodes.get(name), let uid = node.metadata.uid else { return nil }
        let now = clock.now()
        let lease = leases.get(ObjectName(namespace: Self.leaseNamespace, name.name))
        let seen = node
        let (health, interval) = health.withLock { ($0.look(seen, uid: uid, lease, now: now), $0.interval) }
        if let lost = health.lostStatus(node, now: now) {
            node.status = lost
            node = try await client.updateStatus(node)
            events.record(
                about: node, .normal, "NodeNotReady", "Node \(name.name) status is now: NodeNotReady")
        }
        let permit = permit(node, now)
        let taints = NodeTaints.wanted(node, evicts: permit == .granted, now: now.time)
        if taints != node.spec.taints ?? [] {
            node.spec.taints = taints.isEmpty ? nil : taints
            node = try await client.update(node)
        }
        if NodeTaints.marksPodsNotReady(node) { try await markPodsNotReady(node) }
        // Once a node is lost only its own sign changes that.
        let lostAt = health.lostAt(node)
        var waits: [Duration] = lostAt > now ? [min(now.duration(to: lostAt), interval)] : []
        if case .wait(let duration) = permit { waits.append(duration) }
        return waits.min()
    }

    private func permit(_ node: Node, _ now: MicroTime) -> EvictionPace.Permit {
        let sign = NodeSign(node)
        return pace.withLock { pace in
            // Heartbeats of nodes that are well are many: none of them is a reason to look at all the others.
            if pace.needsNoLook(sign) { return .refused }
            // What this step just learned goes before the copy.
            let others = nodes.list(namespace: nil).filter { $0.metadata.uid != node.metadata.uid }
            pace.look(others.map(NodeSign.init) + [sign], now: now)
            return pace.permit(sign, now: now)
        }
    }

    private func markPodsNotReady(_ node: Node) async throws {
        let now = clock.now().time
        for pod in pods.list(namespace: nil) where pod.spec.nodeName == node.metadata.name && pod.isReady {
            do {
                try await client.modify(Pod.self, pod.objectName, status: true) { [uid = pod.metadata.uid] pod in
                    guard pod.metadata.uid == uid, var conditions = pod.status.conditions,
                        let index = conditions.firstIndex(where: { $0.type == "Ready" && $0.status == "True" })
                    else { return false }
                    conditions[index].status = "False"
                    conditions[index].lastTransitionTime = now
                    pod.status.conditions = conditions
                    return true
                }
                events.record(about: pod, .warning, "NodeNotReady", "Node is not ready")
            } catch let error as APIError where error.isNotFound {
                continue
            }
        }
    }
}
