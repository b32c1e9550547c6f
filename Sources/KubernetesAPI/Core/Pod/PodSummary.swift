/// A pod's state in one word, as Kubernetes prints it. Source: printPod in pkg/printers/internalversion (v1.33).
public struct PodSummary: Sendable, Equatable {
    /// `Running`, `Init:0/1`, `CrashLoopBackOff`, `Terminating`, ...
    public private(set) var status: String
    /// Containers that run and are ready.
    public private(set) var ready = 0
    public private(set) var restarts: Int64 = 0
    /// When the container that was started again last had ended before.
    public private(set) var lastEnd: Time?

    public init(_ pod: Pod) {
        status = pod.status.reason.isEmpty ? pod.status.phase ?? "" : pod.status.reason ?? ""
        let initializing = addInitContainers(pod)
        if !initializing || pod.isTrue("Initialized") { addContainers(pod) }
        guard pod.metadata.deletionTimestamp != nil else { return }
        if pod.status.reason == "NodeLost" {
            status = "Unknown"
        } else if !["Succeeded", "Failed"].contains(pod.status.phase) {
            status = "Terminating"
        }
    }

    /// - Returns: whether an init container still has to end well; the first such names the status.
    private mutating func addInitContainers(_ pod: Pod) -> Bool {
        for (index, container) in (pod.status.initContainerStatuses ?? []).enumerated() {
            count(container)
            if let terminated = container.state.terminated {
                if terminated.exitCode == 0 { continue }
                status = "Init:" + terminated.word
            } else if let reason = container.state.waiting?.reason, !["", "PodInitializing"].contains(reason) {
                status = "Init:" + reason
            } else {
                status = "Init:\(index)/\((pod.spec.initContainers ?? []).count)"
            }
            return true
        }
        return false
    }

    private mutating func addContainers(_ pod: Pod) {
        // Restarts before the pod was initialized no longer matter.
        restarts = 0
        lastEnd = nil
        // From the last to the first, so that the first container's trouble is what is printed.
        for container in (pod.status.containerStatuses ?? []).reversed() {
            count(container)
            if let reason = container.state.waiting?.reason, !reason.isEmpty {
                status = reason
            } else if let terminated = container.state.terminated {
                status = terminated.word
            } else if container.ready, container.state.running != nil {
                ready += 1
            }
        }
        if status == "Completed", ready > 0 { status = pod.isTrue("Ready") ? "Running" : "NotReady" }
    }

    private mutating func count(_ container: ContainerStatus) {
        restarts += Int64(container.restartCount)
        if let end = container.lastState.terminated?.finishedAt, end > lastEnd ?? Time(seconds: 0) { lastEnd = end }
    }

    /// `3 (5m ago)`.
    func restartsCell(_ now: Time) -> String {
        guard restarts != 0, let lastEnd else { return String(restarts) }
        return "\(restarts) (\(HumanDuration(seconds: now - lastEnd)) ago)"
    }
}

extension ContainerStateTerminated {
    fileprivate var word: String {
        if let reason, !reason.isEmpty { return reason }
        if let signal, signal != 0 { return "Signal:\(signal)" }
        return "ExitCode:\(exitCode)"
    }
}

extension Pod {
    /// Whether the condition of this type holds.
    public func isTrue(_ condition: String) -> Bool {
        status.conditions?.contains { $0.type == condition && $0.status == "True" } ?? false
    }
}
