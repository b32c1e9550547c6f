import KubernetesAPI

/// Whether a node is heard of, judged by when we saw its signs change, so that the clocks of two machines need not agree.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go.
struct NodeHealth: Equatable, Sendable {
    /// A node that has never reported its state has at least this long.
    static let startupGrace = Duration.seconds(60)

    static let conditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"]

    /// The last signs: the lease's renewal, and the node's own report.
    private(set) var renewed: MicroTime?
    private(set) var reported: Time?
    /// When we saw either change.
    private(set) var heardAt: MicroTime
    /// Without a sign for this long a node counts as lost.
    private let grace: Duration

    init(_ node: Node, _ lease: Lease?, now: MicroTime, grace: Duration) {
        self.grace = grace
        heardAt = now
        renewed = lease?.spec.renewTime
        reported = Self.heartbeat(node)
    }

    mutating func observe(_ node: Node, _ lease: Lease?, now: MicroTime) {
        let (renewed, reported) = (lease?.spec.renewTime, Self.heartbeat(node))
        guard renewed != self.renewed || reported != self.reported else { return }
        (self.renewed, self.reported, heardAt) = (renewed, reported, now)
    }

    /// For so long nobody listened.
    mutating func excuse(_ duration: Duration) { heardAt = heardAt + duration }

    private static func heartbeat(_ node: Node) -> Time? {
        node.status.conditions?.first { $0.type == "Ready" }?.lastHeartbeatTime
    }

    private func grace(_ node: Node) -> Duration {
        node.status.conditions?.contains { $0.type == "Ready" } == true
            ? grace : max(grace, Self.startupGrace)
    }

    /// When the node will count as lost if it stays silent.
    func lostAt(_ node: Node) -> MicroTime {
        heardAt + grace(node)
    }

    /// The status of a node that counts as lost; nil while it does not, or when its status says so already.
    func lostStatus(_ node: Node, now: MicroTime) -> NodeStatus? {
        guard now >= lostAt(node) else { return nil }
        var status = node.status
        var conditions = status.conditions ?? []
        for type in Self.conditions {
            if let index = conditions.firstIndex(where: { $0.type == type }) {
                guard conditions[index].status != "Unknown" else { continue }
                conditions[index].status = "Unknown"
                conditions[index].reason = "NodeStatusUnknown"
                conditions[index].message = "Kubelet stopped posting node status."
                conditions[index].lastTransitionTime = now.time
            } else {
                conditions.append(
                    NodeCondition(
                        type: type, status: "Unknown", lastHeartbeatTime: node.metadata.creationTimestamp,
                        lastTransitionTime: now.time, reason: "NodeStatusNeverUpdated",
                        message: "Kubelet never posted node status."))
            }
        }
        status.conditions = conditions
        return status == node.status ? nil : status
    }
}
