import KubernetesAPI

/// Of a node what decides over pods, read out once a change and not once a pod.
struct NodeFacts: Equatable, Sendable {
    var name: String
    var labels: [String: String]
    /// `kubectl cordon`.
    var isUnschedulable: Bool
    /// NoSchedule and NoExecute, in the node's order.
    var hardTaints: [Taint]
    var softTaints: [Taint]
    /// By resource name, in the units of `PodRequests`.
    var allocatable: [String: Int64]
    /// Bytes, by each name of an image.
    var images: [String: Int64]

    init(_ node: Node) {
        name = node.metadata.name ?? ""
        labels = node.metadata.labels ?? [:]
        isUnschedulable = node.spec.unschedulable == true
        let taints = node.spec.taints ?? []
        hardTaints = taints.filter { $0.effect == "NoSchedule" || $0.effect == "NoExecute" }
        softTaints = taints.filter { $0.effect == "PreferNoSchedule" }
        allocatable = [:]
        for (name, amount) in node.status.allocatable ?? node.status.capacity ?? [:] {
            allocatable[name] = PodRequests.amount(name, amount)
        }
        images = [:]
        for image in node.status.images ?? [] {
            for name in image.names ?? [] { images[name] = image.sizeBytes ?? 0 }
        }
    }
}
