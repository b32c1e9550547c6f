import KubernetesAPI

/// The conditions that the node owns, with Kubernetes' reasons and messages.
enum PodConditions {
    /// - Parameters:
    ///   - previous: what the API has; conditions of others stay as they are, and an unchanged one keeps its time.
    ///   - sandboxReady: the sandbox is up, with its address.
    static func conditions(
        previous: [PodCondition], inits: [ContainerStatus], apps: [ContainerStatus], phase: String, sandboxReady: Bool,
        now: Time
    ) -> [PodCondition] {
        let owned = [
            PodCondition(type: "PodReadyToStartContainers", status: sandboxReady ? "True" : "False"),
            initialized(inits, apps, phase),
            containersReady("Ready", apps, phase),
            containersReady("ContainersReady", apps, phase),
            PodCondition(type: "PodScheduled", status: "True"),
        ]
        let foreign = previous.filter { old in !owned.contains { $0.type == old.type } }
        return foreign
            + owned.map { condition in
                var condition = condition
                let old = previous.first { $0.type == condition.type }
                condition.lastTransitionTime = old?.status == condition.status ? old?.lastTransitionTime ?? now : now
                return condition
            }
    }

    private static func initialized(_ inits: [ContainerStatus], _ apps: [ContainerStatus], _ phase: String)
        -> PodCondition
    {
        var condition = PodCondition(type: "Initialized", status: "True")
        if phase == "Succeeded" {
            condition.reason = "PodCompleted"
            return condition
        }
        let hasRun = apps.contains {
            $0.state.running != nil || $0.state.terminated != nil || $0.lastState.terminated != nil
        }
        if hasRun { return condition }
        let incomplete = inits.filter { !$0.ready }.map(\.name)
        if !incomplete.isEmpty {
            condition.status = "False"
            condition.reason = "ContainersNotInitialized"
            condition.message = "containers with incomplete status: [\(incomplete.joined(separator: " "))]"
        }
        return condition
    }

    private static func containersReady(_ type: String, _ apps: [ContainerStatus], _ phase: String) -> PodCondition {
        var condition = PodCondition(type: type, status: "False")
        let unready = apps.filter { !$0.ready }.map(\.name)
        switch phase {
        case "Succeeded": condition.reason = "PodCompleted"
        case "Failed": condition.reason = "PodFailed"
        default:
            if unready.isEmpty {
                condition.status = "True"
            } else {
                condition.reason = "ContainersNotReady"
                condition.message = "containers with unready status: [\(unready.joined(separator: " "))]"
            }
        }
        return condition
    }
}
