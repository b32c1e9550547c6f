import KubernetesAPI
import Linux

/// What can be wrong with a node, as far as its conditions tell. Nil and empty: nothing is.
struct NodeFindings: Sendable, Equatable {
    /// Bytes that programs could still take.
    var availableMemory: Int64 = .max
    var storage: Int64 = 0
    var availableStorage: Int64 = .max
    var processes: Int64 = 0
    var maxProcesses: Int64 = .max
    /// Why no pod can run here: the holder of the pods' cgroup is gone.
    var notReady: String?
    /// Tables of others that drop what pods send or get.
    var forwardBlockers: [String] = []
    /// Nodes whose pods cannot be reached from here, each with why.
    var peerProblems: [String] = []
    /// Limits that the host cannot enforce.
    var unenforcedLimits: [String] = []
}

/// A node's conditions, in the kubelet's words where it has them. Pure.
enum NodeConditions {
    /// Below this much memory the node takes no further pods. Source: the kubelet's default.
    static let memoryThreshold: Int64 = 100 << 20
    /// Below the smaller of a tenth of the file system and this.
    static let storageThreshold: Int64 = 2 << 30

    static func conditions(_ findings: NodeFindings, previous: [NodeCondition], now: Time) -> [NodeCondition] {
        let disk = min(findings.storage / 10, storageThreshold)
        var result = [
            condition(
                "MemoryPressure", findings.availableMemory < memoryThreshold,
                ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
                ("KubeletHasSufficientMemory", "kubelet has sufficient memory available")),
            condition(
                "DiskPressure", findings.availableStorage < disk,
                ("KubeletHasDiskPressure", "kubelet has disk pressure"),
                ("KubeletHasNoDiskPressure", "kubelet has no disk pressure")),
            condition(
                "PIDPressure", findings.processes > findings.maxProcesses / 10 * 9,
                ("KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
                ("KubeletHasSufficientPID", "kubelet has sufficient PID available")),
            condition(
                "NetworkUnavailable", false, ("", ""), ("PodNetworkReady", "pods have routes on this node")),
            condition(
                "PodTrafficBlocked", !findings.forwardBlockers.isEmpty,
                ("ForeignForwardChain", findings.forwardBlockers.joined(separator: "; ")),
                ("NoForeignForwardChain", "no other table drops forwarded packets")),
            condition(
                "PeerPodsUnreachable", !findings.peerProblems.isEmpty,
                ("NoWay", findings.peerProblems.joined(separator: "; ")),
                ("WaysPresent", "there is a way to the pods of every node that has an address")),
            condition(
                "LimitsNotEnforced", !findings.unenforcedLimits.isEmpty,
                ("CgroupControllerMissing", findings.unenforcedLimits.joined(separator: "; ")),
                ("CgroupControllersPresent", "every limit that pods asked for is enforced")),
            condition(
                "Ready", findings.notReady == nil, ("KubeletReady", "kubelet is posting ready status"),
                ("KubeletNotReady", findings.notReady ?? "")),
        ]
        for i in result.indices {
            let old = previous.first { $0.type == result[i].type }
            result[i].lastHeartbeatTime = now
            result[i].lastTransitionTime = old?.status == result[i].status ? old?.lastTransitionTime ?? now : now
        }
        let foreign = previous.filter { old in !result.contains { $0.type == old.type } }
        return foreign + result
    }

    private static func condition(
        _ type: String, _ holds: Bool, _ whenTrue: (reason: String, message: String),
        _ whenFalse: (reason: String, message: String)
    ) -> NodeCondition {
        let words = holds ? whenTrue : whenFalse
        return NodeCondition(
            type: type, status: holds ? "True" : "False", reason: words.reason, message: words.message)
    }
}
