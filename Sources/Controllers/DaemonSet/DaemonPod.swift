import KubernetesAPI

/// The pod that a DaemonSet wants on one node.
enum DaemonPod {
    static let hashLabel = "controller-revision-hash"

    /// What a daemon puts up with: it serves the node, so it stays while the node is in trouble or under maintenance.
    /// Source: kubernetes pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations.
    static func tolerations(hostNetwork: Bool) -> [Toleration] {
        func stays(_ key: String, _ effect: String) -> Toleration {
            Toleration(key: "node.kubernetes.io/\(key)", operator: "Exists", effect: effect)
        }
        let all = [
            stays("not-ready", "NoExecute"), stays("unreachable", "NoExecute"), stays("disk-pressure", "NoSchedule"),
            stays("memory-pressure", "NoSchedule"), stays("pid-pressure", "NoSchedule"),
            stays("unschedulable", "NoSchedule"),
        ]
        return hostNetwork ? all + [stays("network-unavailable", "NoSchedule")] : all
    }

    /// The template's pod for that node.
    ///
    /// The scheduler binds it, so that it takes its room like any other pod; the affinity leaves it one node. The
    /// template's own terms give way: that the node meets them has been decided.
    /// Source: kubernetes pkg/controller/daemon/util ReplaceDaemonSetPodNodeNameNodeAffinity.
    static func make(_ set: DaemonSet, on node: String, hash: String) -> Pod {
        let template = set.spec.template
        var metadata = ObjectMeta(
            namespace: set.metadata.namespace, labels: template.metadata.labels,
            annotations: template.metadata.annotations, ownerReferences: [OwnerReference(controller: set)])
        metadata.generateName = "\(set.metadata.name ?? "")-"
        metadata.finalizers = template.metadata.finalizers
        metadata.labels = (metadata.labels ?? [:]).merging([hashLabel: hash]) { $1 }
        var pod = Pod(metadata: metadata, spec: template.spec)
        let own = tolerations(hostNetwork: template.spec.hostNetwork ?? false)
        pod.spec.tolerations =
            (template.spec.tolerations ?? []).filter { given in
                !own.contains { $0.key == given.key && $0.effect == given.effect && $0.operator == given.operator }
            } + own
        let named = NodeSelectorRequirement(key: "metadata.name", operator: "In", values: [node])
        var affinity = template.spec.affinity ?? Affinity()
        var nodeAffinity = affinity.nodeAffinity ?? NodeAffinity()
        nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution = NodeSelector(
            nodeSelectorTerms: [NodeSelectorTerm(matchFields: [named])])
        affinity.nodeAffinity = nodeAffinity
        pod.spec.affinity = affinity
        return pod
    }

    /// The node that a DaemonSet's pod is on or for; empty when nothing says so.
    /// Source: kubernetes pkg/controller/daemon/util GetTargetNodeName.
    static func node(of pod: Pod) -> String {
        if let name = pod.spec.nodeName, !name.isEmpty { return name }
        let required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
        let fields = (required?.nodeSelectorTerms ?? []).flatMap { $0.matchFields ?? [] }
        let named = fields.first { $0.key == "metadata.name" && $0.operator == "In" && $0.values?.count == 1 }
        return named?.values?.first ?? ""
    }
}
