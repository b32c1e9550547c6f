import KubernetesAPI

/// The taints that follow from a node's conditions: `NoSchedule` keeps new pods away, `NoExecute` is for eviction.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle, nodeConditionToTaintKeyStatusMap.
enum NodeTaints {
    static let notReady = "node.kubernetes.io/not-ready"
    static let unreachable = "node.kubernetes.io/unreachable"
    static let unschedulable = "node.kubernetes.io/unschedulable"
    /// Set by the administrator alone: the machine is off and will not write again.
    static let outOfService = "node.kubernetes.io/out-of-service"
    private static let pressures = [
        "MemoryPressure": "node.kubernetes.io/memory-pressure", "DiskPressure": "node.kubernetes.io/disk-pressure",
        "PIDPressure": "node.kubernetes.io/pid-pressure",
        "NetworkUnavailable": "node.kubernetes.io/network-unavailable",
    ]
    /// Those that are ours to set and to take off.
    private static let own = Set([notReady, unreachable, unschedulable] + pressures.values)

    /// What the node should have, with what others set left alone; equal to `node.spec.taints ?? []` when that is right.
    /// - Parameter evicts: whether a node that is not well may lose its pods (`EvictionPace`).
    static func wanted(_ node: Node, evicts: Bool, now: Time) -> [Taint] {
        let current = node.spec.taints ?? []
        let needed = needed(node).filter { evicts || $0.effect != "NoExecute" }
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

    /// Whether the node's state is one that costs it its pods in the end.
    static func isUnwell(_ node: Node) -> Bool {
        let ready = node.status.conditions?.first { $0.type == "Ready" }
        return ready?.status == "False" || ready?.status == "Unknown"
    }

    /// It is losing its pods over its state already.
    static func isEvicting(_ node: Node) -> Bool {
        node.spec.taints?.contains { $0.effect == "NoExecute" && [notReady, unreachable].contains($0.key) } ?? false
    }

    /// The administrator said that the machine is off, and it does not say otherwise itself.
    static func isFenced(_ node: Node) -> Bool {
        let isReady = node.status.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false
        return !isReady && node.spec.taints?.contains { $0.key == outOfService } ?? false
    }

    /// Pods of a node that is lost are not ready, whatever they last said.
    static func marksPodsNotReady(_ node: Node) -> Bool {
        let ready = node.status.conditions?.first { $0.type == "Ready" }
        return ready?.status == "Unknown"
    }
}
