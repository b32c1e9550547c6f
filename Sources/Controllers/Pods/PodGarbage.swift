import KubernetesAPI

/// Pods that nobody will ever look after again.
/// Source: kubernetes/kubernetes pkg/controller/podgc/gc_controller.go.
enum PodGarbage {
    /// Finished pods beyond the threshold, the oldest first.
    static func finished(_ pods: [Pod], threshold: Int) -> [Pod] {
        let ended = pods.filter { $0.isTerminal && $0.metadata.deletionTimestamp == nil }
        guard ended.count > threshold else { return [] }
        return Array(ended.sorted(by: older).prefix(ended.count - threshold))
    }

    /// Pods on nodes that are not there; whether a node is gone for good is asked of the server before they go.
    static func orphaned(_ pods: [Pod], nodes: Set<String>) -> [Pod] {
        pods.filter { pod in pod.spec.nodeName.map { !$0.isEmpty && !nodes.contains($0) } ?? false }
    }

    /// Deleted before they got a node: no node will ever end them.
    static func neverPlaced(_ pods: [Pod]) -> [Pod] {
        pods.filter { $0.metadata.deletionTimestamp != nil && ($0.spec.nodeName ?? "").isEmpty }
    }

    /// Deleted, on nodes that the administrator says are off: nobody is left to end them.
    /// Source: KEP-2268, non-graceful node shutdown.
    static func fenced(_ pods: [Pod], nodes: [Node]) -> [Pod] {
        let off = Set(nodes.filter(NodeTaints.isFenced).compactMap(\.metadata.name))
        guard !off.isEmpty else { return [] }
        return pods.filter { $0.metadata.deletionTimestamp != nil && off.contains($0.spec.nodeName ?? "") }
    }

    private static func older(_ a: Pod, _ b: Pod) -> Bool {
        let ages = (a.metadata.creationTimestamp ?? Time(seconds: 0), b.metadata.creationTimestamp ?? Time(seconds: 0))
        return ages.0 != ages.1 ? ages.0 < ages.1 : a.objectName < b.objectName
    }
}
