import KubernetesAPI

/// In which order pods end when their node shuts down, and how long each group may take.
/// Source: the kubelet's nodeshutdown manager, with shutdownGracePeriod and shutdownGracePeriodCriticalPods.
struct ShutdownPlan: Equatable {
    struct Group: Equatable {
        /// Uids.
        var pods: Set<String>
        /// At most, for each pod's own grace too.
        var grace: Duration
    }

    /// Those that end first come first.
    let groups: [Group]

    /// From this priority on a pod ends with the last. Source: scheduling.SystemCriticalPriority.
    static let critical: Int32 = 2_000_000_000

    /// - Parameters:
    ///   - total: for all pods together.
    ///   - critical: the part of it that is kept for those that the cluster itself needs.
    init(_ pods: [Pod], total: Duration, critical: Duration) {
        let last = pods.filter { $0.spec.priority ?? 0 >= Self.critical }
        let first = pods.filter { $0.spec.priority ?? 0 < Self.critical }
        func uids(_ pods: [Pod]) -> Set<String> { Set(pods.compactMap(\.metadata.uid)) }
        groups = [
            Group(pods: uids(first), grace: max(.zero, total - critical)), Group(pods: uids(last), grace: critical),
        ].filter { !$0.pods.isEmpty }
    }
}
