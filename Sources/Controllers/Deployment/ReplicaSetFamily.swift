import KubernetesAPI

/// A Deployment's ReplicaSets, told apart: the one with the Deployment's template, and all others.
struct ReplicaSetFamily {
    var new: ReplicaSet?
    /// Oldest first.
    var old: [ReplicaSet]

    var all: [ReplicaSet] { old + (new.map { [$0] } ?? []) }
    var active: [ReplicaSet] { all.filter { $0.desired > 0 } }
    /// The revision that the new ReplicaSet must have at least.
    var nextRevision: Int64 { (old.compactMap(DeploymentAnnotations.revision(of:)).max() ?? 0) + 1 }

    /// The oldest of several equal ones is the new ReplicaSet: a choice that never changes while it lives.
    init(_ deployment: Deployment, owned: [ReplicaSet]) {
        let sorted = owned.sorted(by: ReplicaSet.olderFirst)
        new = sorted.first { PodTemplateHash.equal($0.spec.template, deployment.spec.template) }
        let uid = new?.metadata.uid
        old = sorted.filter { $0.metadata.uid != uid }
    }

    /// Takes over what the server answered to a write.
    mutating func replace(_ set: ReplicaSet) {
        if new?.metadata.uid == set.metadata.uid { new = set }
        for index in old.indices where old[index].metadata.uid == set.metadata.uid { old[index] = set }
    }
}
