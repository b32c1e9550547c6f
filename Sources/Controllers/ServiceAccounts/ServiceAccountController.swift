import Client
import KubernetesAPI

/// Gives every namespace a ServiceAccount `default`, and gives it again when somebody deletes it.
/// Source: kubernetes/kubernetes pkg/controller/serviceaccount/serviceaccounts_controller.go.
struct ServiceAccountController: Sendable {
    static let name = "default"

    let client: any Client
    let namespaces: any Lister<Namespace>
    let accounts: any Lister<ServiceAccount>

    func namespaceChanged(old: Namespace?, new: Namespace?) -> [ObjectName] { new.map { [$0.objectName] } ?? [] }

    func accountChanged(old: ServiceAccount?, new: ServiceAccount?) -> [ObjectName] {
        guard new == nil, let old, old.metadata.name == Self.name, let namespace = old.metadata.namespace else {
            return []
        }
        return [ObjectName(namespace)]
    }

    func reconcile(_ namespace: ObjectName) async throws -> Duration? {
        guard let found = namespaces.get(namespace), found.metadata.deletionTimestamp == nil else { return nil }
        let name = ObjectName(namespace: namespace.name, Self.name)
        if accounts.get(name) != nil { return nil }
        do {
            let metadata = ObjectMeta(name: Self.name, namespace: namespace.name)
            _ = try await client.create(ServiceAccount(metadata: metadata))
        } catch let error as APIError where error.isAlreadyExists || error.isNamespaceTerminating || error.isNotFound {
            return nil
        }
        return nil
    }
}
