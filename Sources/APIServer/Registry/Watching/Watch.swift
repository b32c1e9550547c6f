import Client
import KubernetesAPI
import Store

extension ObjectService {
    func watch(_ request: ResourceRequest) throws(APIError) -> WatchResponse {
        let options = request.options
        guard request.subresource == nil else { throw .methodNotAllowed("watch") }
        let renderer = try renderer(request)
        var fields = options.fieldSelector
        if let name = request.name {
            fields = ["metadata.name=\(name)", fields].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ",")
        }
        let wish = WatchSession<T>.Wish(
            filter: try ObjectFilter(label: options.labelSelector, field: fields),
            bookmarks: options.allowWatchBookmarks, timeout: options.timeoutSeconds.map { .seconds($0) })
        let sendsInitial = try Self.sendsInitialEvents(options)
        let session = try session(
            wish, namespace: request.namespace, after: options.resourceVersion, initial: sendsInitial,
            marksInitialEnd: options.sendInitialEvents == true && options.allowWatchBookmarks)
        let (storage, table) = (self.storage, renderer.representation)
        return .stream(
            contentType: "application/json",
            WatchFrames {
                let encoder = WatchFrameEncoder<T>(
                    session: session, representation: table, includeObject: options.includeObject,
                    clock: storage.clock)
                return WatchFrames.AsyncIterator { await encoder.next() }
            })
    }

    /// Nil: as the resource version says.
    private static func sendsInitialEvents(_ options: RequestOptions) throws(APIError) -> Bool? {
        guard let wanted = options.sendInitialEvents else {
            guard options.resourceVersionMatch == nil else {
                throw .badRequest("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
            }
            return nil
        }
        guard options.resourceVersionMatch == .notOlderThan else {
            throw .badRequest("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        }
        return wanted
    }

    /// - Parameters:
    ///   - revision: begin after it; nil or `0`: with the current state as ADDED events.
    ///   - initial: whether to begin with the current state whatever the revision.
    func session(
        _ wish: WatchSession<T>.Wish, namespace: String?, after revision: String?, initial: Bool? = nil,
        marksInitialEnd: Bool = false
    ) throws(APIError) -> WatchSession<T> {
        let prefix = StorageKey.prefix(T.resource, namespace: namespace)
        let isOpen = revision ?? "" == "" || revision == "0"
        var start: Revision
        var objects: [StoredObject] = []
        var end: Revision?
        if initial ?? isOpen {
            let current = storage.store.list(prefix: prefix)
            for entry in current.entries where try wish.filter.matches(entry.value) { objects.append(entry.value) }
            start = current.revision
            if marksInitialEnd { end = current.revision }
        } else if isOpen {
            start = storage.store.revision
        } else {
            guard let text = revision, let wanted = Revision(text) else {
                throw .badRequest("invalid resource version \"\(revision ?? "")\": not a revision of this server")
            }
            start = wanted
        }
        let events: StoreWatch<StoredObject>
        do throws(StoreError) {
            events = try storage.store.watch(prefix: prefix, after: start)
        } catch {
            guard case .compacted(let oldest) = error else { throw APIError(error) }
            throw .expired("too old resource version: \(start) (\(oldest))")
        }
        return WatchSession(events, wish, initial: objects, endOfInitial: end, clock: storage.clock)
    }

    /// The same for parts inside this process: typed, and nothing is encoded.
    func watch(_ options: ListOptions) throws(APIError) -> AsyncThrowingStream<WatchEvent<T>, any Error> {
        let wish = WatchSession<T>.Wish(
            filter: try ObjectFilter(label: options.labelSelector, field: options.fieldSelector), bookmarks: true,
            timeout: nil)
        let session = try session(wish, namespace: options.namespace, after: options.resourceVersion)
        return AsyncThrowingStream {
            switch try await session.next() {
            case nil: nil
            case .added(let stored): .added(try stored.object(T.self))
            case .modified(let stored): .modified(try stored.object(T.self))
            case .deleted(let stored): .deleted(try stored.object(T.self))
            case .bookmark(let revision, _): .bookmark(resourceVersion: revision.text)
            }
        }
    }
}
