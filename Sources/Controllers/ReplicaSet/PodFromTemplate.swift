import KubernetesAPI

extension Pod {
    /// A pod as the ReplicaSet's template wants it; the server completes the name.
    init(from set: ReplicaSet) {
        var metadata = ObjectMeta(
            namespace: set.metadata.namespace, labels: set.spec.template.metadata.labels,
            annotations: set.spec.template.metadata.annotations, ownerReferences: [OwnerReference(controller: set)])
        metadata.generateName = "\(set.metadata.name ?? "")-"
        metadata.finalizers = set.spec.template.metadata.finalizers
        self.init(metadata: metadata, spec: set.spec.template.spec)
    }
}
