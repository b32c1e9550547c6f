import KubernetesAPI

/// A pod's phase from its containers' statuses. Source: Kubernetes' documentation, "Pod phase".
enum PodPhase {
    /// - Parameter ends: nothing will be started any more.
    static func phase(inits: [ContainerStatus], apps: [ContainerStatus], policy: String, ends: Bool) -> String {
        let neverStarted = apps.allSatisfy { $0.state.waiting != nil && $0.lastState.terminated == nil }
        if neverStarted {
            for status in inits {
                let ended = status.state.terminated ?? status.lastState.terminated
                if let ended, ended.exitCode != 0, policy == "Never" || ends { return "Failed" }
                if status.state.terminated?.exitCode != 0 { return "Pending" }
            }
        }
        var running = 0
        var waiting = 0
        var stopped = 0
        var succeeded = 0
        for status in apps {
            if status.state.running != nil {
                running += 1
            } else if let ended = status.state.terminated ?? status.lastState.terminated {
                // One that waits for its next start has ended; one that waits for its first has not.
                stopped += 1
                if ended.exitCode == 0 { succeeded += 1 }
            } else {
                waiting += 1
            }
        }
        if waiting > 0 { return "Pending" }
        if running > 0 { return "Running" }
        if stopped == 0 { return "Pending" }
        if !ends && policy == "Always" { return "Running" }
        if succeeded == stopped { return "Succeeded" }
        if ends || policy == "Never" { return "Failed" }
        return "Running"
    }
}
