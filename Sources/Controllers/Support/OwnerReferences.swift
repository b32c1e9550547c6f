import KubernetesAPI

extension OwnerReference {
    /// The reference that makes `object` the managing owner, as Kubernetes' controllers set it.
    init<T: APIObject>(controller object: T) {
        self.init(
            apiVersion: T.resource.apiVersion, kind: T.resource.kind, name: object.metadata.name ?? "",
            uid: object.metadata.uid ?? "", controller: true, blockOwnerDeletion: true)
    }
}
