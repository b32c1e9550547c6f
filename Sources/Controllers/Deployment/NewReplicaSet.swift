import KubernetesAPI

/// The ReplicaSet for a Deployment's present template.
/// Source: kubernetes/kubernetes pkg/controller/deployment/sync.go, getNewReplicaSet.
enum NewReplicaSet {
    /// - Throws: an encoding error of the template.
    static func make(for deployment: Deployment, old: [ReplicaSet], replicas: Int, revision: Int64) throws -> ReplicaSet
    {
        let hash = try PodTemplateHash.compute(
            deployment.spec.template, collisions: deployment.status.collisionCount)
        var template = deployment.spec.template
        template.metadata.labels = (template.metadata.labels ?? [:]).merging([PodTemplateHash.label: hash]) { $1 }
        var selector = deployment.spec.selector
        selector.matchLabels = (selector.matchLabels ?? [:]).merging([PodTemplateHash.label: hash]) { $1 }

        var set = ReplicaSet(
            metadata: ObjectMeta(
                name: "\(deployment.metadata.name ?? "")-\(hash)", namespace: deployment.metadata.namespace,
                labels: template.metadata.labels, ownerReferences: [OwnerReference(controller: deployment)]),
            spec: ReplicaSetSpec(
                replicas: Int32(replicas), minReadySeconds: deployment.spec.minReadySeconds, selector: selector,
                template: template))
        DeploymentAnnotations.describe(&set, for: deployment, revision: revision)
        DeploymentAnnotations.setSizes(&set, for: deployment.spec)
        return set
    }

    /// The existing one with what follows the Deployment without a new template; equal to `set` if nothing does.
    static func updated(_ set: ReplicaSet, for deployment: Deployment, revision: Int64) -> ReplicaSet {
        var changed = set
        DeploymentAnnotations.describe(&changed, for: deployment, revision: revision)
        if (set.spec.minReadySeconds ?? 0) != (deployment.spec.minReadySeconds ?? 0) {
            changed.spec.minReadySeconds = deployment.spec.minReadySeconds
        }
        return changed
    }
}
