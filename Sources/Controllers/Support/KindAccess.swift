import Client
import KubernetesAPI

/// What is done to objects of a kind without knowing it: their metadata, and their end.
struct KindAccess: Sendable {
    let resource: ResourceType
    let metadata: @Sendable (ObjectName) async throws -> ObjectMeta
    let list: @Sendable (_ namespace: String) async throws -> [ObjectMeta]
    /// Changes the metadata of the object with this uid; a change that returns false is not written.
    let modify:
        @Sendable (ObjectName, _ uid: String, @escaping @Sendable (inout ObjectMeta) -> Bool) async throws -> Void
    let delete: @Sendable (ObjectName, DeleteOptions) async throws -> Void

    init<T: APIObject>(_ type: T.Type, _ client: any Client) {
        resource = T.resource
        metadata = { try await client.get(T.self, $0).metadata }
        list = { try await client.list(T.self, ListOptions(namespace: $0)).items.map(\.metadata) }
        modify = { name, uid, change in
            try await client.modify(T.self, name) { object in
                guard object.metadata.uid == uid else { return false }
                return change(&object.metadata)
            }
        }
        delete = { try await client.delete(T.self, $0, $1) }
    }
}
