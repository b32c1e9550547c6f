import Client
import KubernetesAPI
import Store

extension ObjectService {
    func get(_ request: ResourceRequest) throws(APIError) -> ResourceResponse {
        let stored = try find(try name(of: request))
        switch request.subresource {
        case nil: break
        case .status: try requires(.status)
        case .scale: return ResourceResponse(code: 200, body: try scaleJSON(of: try stored.object(T.self)))
        default: throw .methodNotAllowed("get")
        }
        return ResourceResponse(code: 200, body: try renderer(request).object(stored))
    }

    func list(_ request: ResourceRequest) throws(APIError) -> ResourceResponse {
        let renderer = try renderer(request)
        let page = try self.page(request)
        return ResourceResponse(code: 200, body: try renderer.list(page.items, page.metadata))
    }

    private typealias Item = (key: String, object: StoredObject)

    private func page(_ request: ResourceRequest) throws(APIError) -> (items: [StoredObject], metadata: ListMeta) {
        let options = request.options
        let filter = try ObjectFilter<T>(label: options.labelSelector, field: options.fieldSelector)
        let prefix = StorageKey.prefix(T.resource, namespace: request.namespace)
        let current = storage.store.list(prefix: prefix)
        var items: [Item] = current.entries.map { ($0.key, $0.value) }
        var revision = current.revision.text
        if let text = options.continue {
            let token = try ContinueToken(text)
            guard options.resourceVersion ?? "" == "" else {
                throw .badRequest("specifying resource version is not allowed when using continue")
            }
            if !token.revision.isEmpty, token.revision != revision {
                let key = ListSnapshots.Key(prefix: prefix, revision: token.revision)
                guard let kept = storage.snapshots.items(for: key, now: storage.now) else {
                    throw try Self.snapshotGone(ContinueToken(revision: "", after: token.after))
                }
                items = kept
                revision = token.revision
            }
            let all = items
            items = Array(items.drop { $0.key <= token.after })
            return try cut(items, all, prefix, revision, filter, options)
        }
        try check(options, against: current.revision)
        return try cut(items, items, prefix, revision, filter, options)
    }

    private func cut(
        _ items: [Item], _ all: [Item], _ prefix: String, _ revision: String, _ filter: ObjectFilter<T>,
        _ options: RequestOptions
    ) throws(APIError) -> (items: [StoredObject], metadata: ListMeta) {
        var metadata = ListMeta(resourceVersion: revision)
        var page: [StoredObject] = []
        for (index, item) in items.enumerated() {
            guard try filter.matches(item.object) else { continue }
            if let limit = options.limit, page.count == limit {
                // `items[index - 1]` was looked at: the next page begins with this one.
                metadata.continue = try ContinueToken(revision: revision, after: items[index - 1].key).text
                if filter.isEverything { metadata.remainingItemCount = Int64(items.count - index) }
                let key = ListSnapshots.Key(prefix: prefix, revision: revision)
                storage.snapshots.keep(all, for: key, now: storage.now)
                break
            }
            page.append(item.object)
        }
        return (page, metadata)
    }

    /// Lists show the newest revision, which is what every wish but an exact older one allows.
    private func check(_ options: RequestOptions, against current: Revision) throws(APIError) {
        guard let text = options.resourceVersion, !text.isEmpty, text != "0" else {
            if options.resourceVersionMatch == .exact {
                throw .badRequest("resourceVersionMatch Exact needs a resourceVersion other than 0")
            }
            return
        }
        guard let wanted = Revision(text) else {
            throw .badRequest("invalid resource version \"\(text)\": not a revision of this server")
        }
        if wanted > current {
            throw APIError(
                code: 504, reason: "Timeout",
                message: "Timeout: Too large resource version: \(wanted), current: \(current)")
        }
        if options.resourceVersionMatch == .exact, wanted < current {
            throw .expired("The resourceVersion for the provided list is too old.")
        }
    }

    private static func snapshotGone(_ next: ContinueToken) throws(APIError) -> APIError {
        var error = APIError.expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list "
                + "without the continue parameter, or use the continue token in this response to retrieve the remainder "
                + "of the results. Continuing with the provided token results in an inconsistent list - objects that were "
                + "created, modified, or deleted between the time the first chunk was returned and now may show up in the "
                + "list.")
        error.status.metadata.continue = try next.text
        return error
    }

    // MARK: The same for parts inside this process.

    func get(_ name: ObjectName) throws(APIError) -> T { try find(name).object(T.self) }

    func list(_ options: ListOptions) throws(APIError) -> ObjectList<T> {
        let filter = try ObjectFilter<T>(label: options.labelSelector, field: options.fieldSelector)
        let found = storage.store.list(prefix: StorageKey.prefix(T.resource, namespace: options.namespace))
        var items: [T] = []
        items.reserveCapacity(found.entries.count)
        for entry in found.entries where try filter.matches(entry.value) {
            items.append(try entry.value.object(T.self))
        }
        return ObjectList(items: items, resourceVersion: found.revision.text)
    }
}
