import KubernetesAPI

/// Whether a node is to have a DaemonSet's pod.
/// Source: kubernetes pkg/controller/daemon NodeShouldRunDaemonPod.
struct DaemonPlacement: Equatable {
    /// A pod is to be made where there is none.
    var shouldRun: Bool
    /// A pod that is there may stay.
    var mayStay: Bool

    init(_ set: DaemonSet, on node: Node) {
        let spec = set.spec.template.spec
        let name = node.metadata.name ?? ""
        let labels = node.metadata.labels ?? [:]
        guard spec.nodeName ?? "" == "" || spec.nodeName == name, spec.selectsNode(name: name, labels: labels) else {
            (shouldRun, mayStay) = (false, false)
            return
        }
        let tolerations =
            (spec.tolerations ?? []) + DaemonPod.tolerations(hostNetwork: spec.hostNetwork ?? false)
        let untolerated = (node.spec.taints ?? []).filter { taint in
            !tolerations.contains { $0.tolerates(taint) }
        }
        shouldRun = !untolerated.contains { $0.effect == "NoSchedule" || $0.effect == "NoExecute" }
        // NoSchedule keeps new pods away and drives none out.
        mayStay = !untolerated.contains { $0.effect == "NoExecute" }
    }
}
