import KubernetesAPI
import Store

/// The objects that every cluster has from its first start.
enum WellKnownObjects {
    static let namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"]

    static func make(_ storage: ObjectStore) async throws(APIError) {
        let service = ObjectService(Namespace.self, storage)
        for name in namespaces {
            if storage.store.get(service.key(ObjectName(name))) != nil { continue }
            _ = try await service.create(Namespace(metadata: ObjectMeta(name: name)))
        }
        let priorities = ObjectService(PriorityClass.self, storage)
        for priority in PriorityClass.system {
            if storage.store.get(priorities.key(priority.objectName)) != nil { continue }
            _ = try await priorities.create(priority)
        }
        try await makeServerService(storage)
    }
}
