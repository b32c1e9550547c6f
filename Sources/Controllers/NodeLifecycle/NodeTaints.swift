import KubernetesAPI

/// The taints that follow from a node's conditions: `NoSchedule` keeps new pods away, `NoExecute` is for eviction.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle, nodeConditionToTaintKeyStatusMap.
enum NodeTaints {
    static let notReady = "node.kubernetes.io/not-ready"
    static let unreachable = "node.kubernetes.io/unreachable"
    static let unschedulable = "node.kubernetes.io/unschedulable"
    private static let pressures = [
        "MemoryPressure": "node.kubernetes.io/memory-pressure", "DiskPressure": "node.kubernetes.io/disk-pressure",
        "PIDPressure": "node.kubernetes.io/pid-pressure",
        "NetworkUnavailable": "node.kubernetes.io/network-unavailable",
    ]
    /// Those that are ours to set and to take off.
    private static let own = Set([notReady, unreachable, unschedulable] + pressures.values)

    /// What the node should have, with what others set left alone; equal to `node.spec.taints ?? []` when that is right.
    static func wanted(_ node: Node, now: Time) -> [Taint] {
        let current = node.spec.taints ?? []
        let needed = needed(node)
        let kept = current.filter { taint in
            !own.contains(taint.key) || needed.contains { $0.key == taint.key && $0.effect == taint.effect }
        }
        let added = needed.filter { taint in !kept.contains { $0.key == taint.key && $0.effect == taint.effect } }
        return kept
            + added.map { taint in
                var taint = taint
                taint.timeAdded = now
                return taint
            }
    }

    private static func needed(_ node: Node) -> [Taint] {
        var taints: [Taint] = []
        func status(_ type: String) -> String? { node.status.conditions?.first { $0.type == type }?.status }
        func add(_ key: String, evicts: Bool = false) {
            taints.append(Taint(key: key, effect: "NoSchedule"))
            if evicts { taints.append(Taint(key: key, effect: "NoExecute")) }
        }
        switch status("Ready") {
        case "False": add(notReady, evicts: true)
        case "Unknown": add(unreachable, evicts: true)
        default: break
        }
        for (type, key) in pressures.sorted(by: { $0.key < $1.key }) where status(type) == "True" { add(key) }
        if node.spec.unschedulable == true { add(unschedulable) }
        return taints
    }

    /// Pods of a node that is lost are not ready, whatever they last said.
    static func marksPodsNotReady(_ node: Node) -> Bool {
        let ready = node.status.conditions?.first { $0.type == "Ready" }
        return ready?.status == "Unknown"
    }
}
