import KubernetesAPI

/// The health of every node, and whether we were there to hear them. Pure.
///
/// A server that stood still (a paused machine, a stopped process) heard nobody meanwhile, and its clock went on. That time is
/// nobody's silence: counted, every node would be lost at once when the server goes on, and pods with a short patience with it.
struct ClusterHealth: Sendable {
    private var nodes: [String: NodeHealth] = [:]
    private var looked: MicroTime?
    private let grace: Duration

    init(grace: Duration) { self.grace = grace }

    /// While any node is heard somebody looks at least this often.
    var interval: Duration { grace / 4 }

    /// What is known of the node now.
    mutating func look(_ node: Node, uid: String, _ lease: Lease?, now: MicroTime) -> NodeHealth {
        if let looked, looked.duration(to: now) > interval * 2 {
            for uid in nodes.keys { nodes[uid]?.excuse(looked.duration(to: now)) }
        }
        looked = now
        var health = nodes[uid] ?? NodeHealth(node, lease, now: now, grace: grace)
        health.observe(node, lease, now: now)
        nodes[uid] = health
        return health
    }

    mutating func forget(_ uid: String) { nodes[uid] = nil }
}
