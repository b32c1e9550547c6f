import Client
import KubernetesAPI

/// Carrying out what `Claim` decides.
enum Ownership {
    /// Before an adoption: the owner must live at the server itself, not only in a copy that may be old. An object adopted
    /// by a deleted owner would be collected as garbage.
    static func check<Owner: APIObject>(_ owner: Owner, _ client: any Client) async throws {
        let fresh = try await client.get(Owner.self, owner.objectName)
        guard fresh.metadata.uid == owner.metadata.uid, fresh.metadata.deletionTimestamp == nil else {
            throw APIError.conflict(
                Owner.resource, owner.metadata.name ?? "", "the \(Owner.resource.kind) was deleted, it adopts nothing")
        }
    }

    /// - Returns: nil when the object is gone.
    static func adopt<Owner: APIObject, T: APIObject>(
        _ object: T, by owner: Owner, _ client: any Client
    ) async throws -> T? {
        var changed = object
        changed.metadata.ownerReferences =
            (object.metadata.ownerReferences ?? []).filter { $0.uid != owner.metadata.uid }
            + [OwnerReference(controller: owner)]
        return try await unlessGone { try await client.update(changed) }
    }

    static func release<T: APIObject>(_ object: T, from uid: String, _ client: any Client) async throws {
        var changed = object
        let rest = (object.metadata.ownerReferences ?? []).filter { $0.uid != uid }
        changed.metadata.ownerReferences = rest.isEmpty ? nil : rest
        _ = try await unlessGone { try await client.update(changed) }
    }

    private static func unlessGone<T>(_ body: () async throws -> T) async throws -> T? {
        do {
            return try await body()
        } catch let error as APIError where error.isNotFound {
            return nil
        }
    }
}
