import KubernetesAPI

/// The status that a DaemonSet should have.
/// Source: kubernetes pkg/controller/daemon updateDaemonSetStatus.
struct DaemonSetStatusDecision {
    private(set) var status: DaemonSetStatus
    /// When a ready pod becomes available by mere waiting; nil when none will.
    private(set) var recheckAt: MicroTime?

    /// - Parameter settled: the copy shows everything that the controller itself did; only then is the generation observed.
    init(_ set: DaemonSet, nodes: [Node], pods: [Pod], hash: String, settled: Bool, now: MicroTime) {
        status = set.status
        let onNode = Dictionary(grouping: pods, by: DaemonPod.node)
        let minReady = Int(set.spec.minReadySeconds ?? 0)
        var (desired, current, misscheduled) = (0, 0, 0)
        var (ready, available, updated) = (0, 0, 0)
        for node in nodes {
            let here = onNode[node.metadata.name ?? ""] ?? []
            guard DaemonPlacement(set, on: node).shouldRun else {
                if !here.isEmpty { misscheduled += 1 }
                continue
            }
            desired += 1
            // The one that stays speaks for the node: a pod on its way out says nothing about what will be.
            let living = here.filter(\.isActive)
            guard let pod = DaemonSetDecision.byAge(living.isEmpty ? here : living).first else { continue }
            current += 1
            if pod.metadata.labels?[DaemonPod.hashLabel] == hash { updated += 1 }
            guard pod.isReady else { continue }
            ready += 1
            guard let moment = pod.availableAt(minReadySeconds: minReady) else { continue }
            if moment <= now {
                available += 1
            } else {
                recheckAt = recheckAt.map { min($0, moment) } ?? moment
            }
        }
        func some(_ number: Int) -> Int32? { number == 0 ? nil : Int32(number) }
        status.desiredNumberScheduled = Int32(desired)
        status.currentNumberScheduled = Int32(current)
        status.numberMisscheduled = Int32(misscheduled)
        status.numberReady = Int32(ready)
        status.numberAvailable = some(available)
        status.numberUnavailable = some(desired - available)
        status.updatedNumberScheduled = some(updated)
        if settled { status.observedGeneration = set.metadata.generation }
    }
}
