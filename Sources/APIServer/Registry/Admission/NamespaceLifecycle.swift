import KubernetesAPI

/// Objects live in namespaces that exist and are not going; the namespaces that everything needs stay.
/// Source: apiserver admission/plugin/namespace/lifecycle.
struct NamespaceLifecycle: AdmissionPlugin {
    static let immortal = ["default", "kube-system", "kube-public"]

    func admitCreate<T: APIObject>(_ object: inout T, _ storage: ObjectStore) throws(APIError) {
        guard T.resource.namespaced, let name = object.metadata.namespace else { return }
        let namespace = try ObjectService(Namespace.self, storage).get(ObjectName(name))
        guard namespace.metadata.deletionTimestamp != nil || namespace.status.phase == "Terminating" else { return }
        var error = APIError.forbidden(
            T.resource, object.metadata.name ?? "",
            "unable to create new content in namespace \(name) because it is being terminated")
        error.status.details?.causes = [
            .init(
                reason: "NamespaceTerminating", message: "namespace \(name) is being terminated",
                field: "metadata.namespace")
        ]
        throw error
    }

    func admitDelete<T: APIObject>(_ object: T) throws(APIError) {
        guard T.self == Namespace.self, let name = object.metadata.name, Self.immortal.contains(name) else { return }
        throw .forbidden(T.resource, name, "this namespace may not be deleted")
    }
}

/// Every namespace can be selected by its name. Source: KEP-2161.
struct NamespaceLabel: AdmissionPlugin {
    static let label = "kubernetes.io/metadata.name"

    func admitCreate<T: APIObject>(_ object: inout T, _ storage: ObjectStore) throws(APIError) { try set(&object) }

    func admitUpdate<T: APIObject>(_ object: inout T, from old: T, _ storage: ObjectStore) throws(APIError) {
        try set(&object)
    }

    private func set<T: APIObject>(_ object: inout T) throws(APIError) {
        try with(Namespace.self, &object) { namespace in
            var labels = namespace.metadata.labels ?? [:]
            labels[Self.label] = namespace.metadata.name
            namespace.metadata.labels = labels
        }
    }
}
