import Client
import KubernetesAPI
import Store

extension ObjectService {
    func delete(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse {
        guard request.subresource == nil else { throw .methodNotAllowed("delete") }
        let name = try name(of: request)
        let renderer = try renderer(request)
        let result = try await delete(name, try DeleteRequest(request))
        if result.removed { return ResourceResponse(code: 200, body: try removedStatus(result.object).bytes) }
        return ResourceResponse(code: 200, body: try renderer.object(result.object))
    }

    private func removedStatus(_ stored: StoredObject) throws(APIError) -> Status {
        let metadata = try stored.object(T.self).metadata
        var details = Status.Details()
        details.name = metadata.name
        details.group = T.resource.group.isEmpty ? nil : T.resource.group
        details.kind = T.resource.plural
        details.uid = metadata.uid
        return .success(code: 200, details: details)
    }

    /// Deletes, or begins to.
    /// - Parameter note: what the object is to say of its deletion, in the same write.
    /// - Returns: the last state where the object is gone, else what now stands.
    @discardableResult
    func delete(
        _ name: ObjectName, _ request: DeleteRequest, note: (inout T) -> Void = { _ in }
    ) async throws(APIError) -> (object: StoredObject, removed: Bool) {
        let options = WriteOptions(dryRun: request.dryRun)
        while true {
            let current = try find(name)
            let object = try current.object(T.self)
            try check(request, object, current.revision)
            for plugin in storage.admission { try plugin.admitDelete(object) }
            do throws(StoreError) {
                switch DeletionStep(object, request, now: storage.now) {
                case .remove: return (try await remove(current, options), true)
                case .pending: return (current, false)
                case .mark(var marked):
                    note(&marked)
                    marked.metadata.resourceVersion = nil
                    let bytes: [UInt8]
                    do { bytes = try encode(marked) } catch { throw .failed(error.description) }
                    return (try await write(marked, bytes, options, expecting: .revision(current.revision)), false)
                }
            } catch {
                // Another writer came between: look again, which also holds the preconditions against the new state.
                guard case .conflict = error else { throw APIError(error) }
            }
        }
    }

    private func check(_ request: DeleteRequest, _ object: T, _ revision: Revision) throws(APIError) {
        let name = object.metadata.name ?? ""
        if let uid = request.uid, uid != object.metadata.uid {
            throw .uidMismatch(T.resource, name, uid, object.metadata.uid ?? "")
        }
        if let version = request.resourceVersion, version != revision.text {
            throw .conflict(
                T.resource, name,
                "Precondition failed: ResourceVersion in precondition: \(version), "
                    + "ResourceVersion in object meta: \(revision)")
        }
    }

    /// - Returns: the last state.
    func remove(_ current: StoredObject, _ options: WriteOptions) async throws(StoreError) -> StoredObject {
        if options.dryRun { return current }
        let object: T
        do { object = try current.object(T.self) } catch { throw .failed(error.description) }
        _ = try await storage.store.delete(key(object.objectName), expecting: current.revision)
        storage.release(object)
        return current
    }

    func deleteCollection(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse {
        let renderer = try renderer(request)
        let deletion = try DeleteRequest(request)
        let filter = try ObjectFilter<T>(label: request.options.labelSelector, field: request.options.fieldSelector)
        let found = storage.store.list(prefix: StorageKey.prefix(T.resource, namespace: request.namespace))
        var deleted: [StoredObject] = []
        for entry in found.entries where try filter.matches(entry.value) {
            do throws(APIError) {
                deleted.append(try await delete(try entry.value.object(T.self).objectName, deletion).object)
            } catch {
                // Somebody else was faster: it is gone, as was wished.
                guard error.isNotFound else { throw error }
            }
        }
        let metadata = ListMeta(resourceVersion: storage.store.revision.text)
        return ResourceResponse(code: 200, body: try renderer.list(deleted, metadata))
    }
}
