import KubernetesAPI

/// What the status of a pod says of the end of its machine. Source: the kubelet's nodeshutdown manager.
enum ShutdownMark {
    static let reason = "Terminated"
    static let message = "Pod was terminated in response to imminent node shutdown."
    static let refusal = StopReason.refused(
        reason: "NodeShutdown", message: "Pod was rejected as the node is shutting down.")

    static func isOne(_ condition: PodCondition) -> Bool {
        condition.type == "DisruptionTarget" && condition.reason == PodCondition.terminationByKubelet
    }

    /// A pod that is being ended so tells of it in a condition, by which Services see that it terminates. One that outlived
    /// the attempt is as any other.
    static func conditions(
        _ conditions: [PodCondition], stop: StopReason?, phase: String, now: Time
    ) -> [PodCondition] {
        if stop == .nodeShutdown {
            guard !conditions.contains(where: isOne) else { return conditions }
            return conditions.filter { $0.type != "DisruptionTarget" } + [
                PodCondition(
                    type: "DisruptionTarget", status: "True", lastTransitionTime: now,
                    reason: PodCondition.terminationByKubelet, message: message)
            ]
        }
        return phase == "Failed" || phase == "Succeeded" ? conditions : conditions.filter { !isOne($0) }
    }
}
