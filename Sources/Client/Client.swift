public import KubernetesAPI

/// Every part's way to the API: typed objects in and out. One protocol, two transports: inside the server's process, and
/// HTTPS for agents. Errors are `APIError`, worded as the API server words them.
public protocol Client: Sendable {
    func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) async throws -> T
    func list<T: APIObject>(_ type: T.Type, _ options: ListOptions) async throws -> ObjectList<T>

    /// Events after `options.resourceVersion`; ends with an error `isExpired` when that revision is compacted, and with
    /// none when the server closes. A caller that stops iterating ends the watch.
    func watch<T: APIObject>(_ type: T.Type, _ options: ListOptions) async throws
        -> AsyncThrowingStream<WatchEvent<T>, any Error>

    func create<T: APIObject>(_ object: T) async throws -> T
    /// Fails with a conflict unless `metadata.resourceVersion` is the stored one.
    func update<T: APIObject>(_ object: T) async throws -> T
    func updateStatus<T: APIObject>(_ object: T) async throws -> T
    func delete<T: APIObject>(_ type: T.Type, _ name: ObjectName, _ options: DeleteOptions) async throws

    /// The `binding` subresource: sets `spec.nodeName` once, and PodScheduled.
    func bind(pod: ObjectName, uid: String, to node: String) async throws
}

public struct ListOptions: Sendable {
    /// Nil means every namespace.
    public var namespace: String?
    public var labelSelector: String?
    public var fieldSelector: String?
    /// For a watch: begin after this revision.
    public var resourceVersion: String?

    public init(
        namespace: String? = nil, labelSelector: String? = nil, fieldSelector: String? = nil,
        resourceVersion: String? = nil
    ) {
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
    }

    /// Pods that are bound to a node.
    public static func pods(on node: String) -> ListOptions { ListOptions(fieldSelector: "spec.nodeName=\(node)") }
}

public struct ObjectList<T: APIObject>: Sendable {
    public var items: [T]
    /// The revision of the whole list, from which a watch goes on.
    public var resourceVersion: String

    public init(items: [T], resourceVersion: String) {
        self.items = items
        self.resourceVersion = resourceVersion
    }
}

public enum WatchEvent<T: APIObject>: Sendable {
    case added(T)
    case modified(T)
    /// The last state before the deletion, with the deletion's own revision.
    case deleted(T)
    /// Nothing changed, but everything up to this revision has been seen.
    case bookmark(resourceVersion: String)
}

public struct DeleteOptions: Sendable {
    /// Seconds. Nil: the object's own. 0: the object goes at once.
    public var gracePeriodSeconds: Int64?
    /// Refuses with a conflict where the object has another uid or revision.
    public var uid: String?
    public var resourceVersion: String?
    /// `Background` (default), `Foreground` or `Orphan`.
    public var propagationPolicy: String?

    public init(
        gracePeriodSeconds: Int64? = nil, uid: String? = nil, resourceVersion: String? = nil,
        propagationPolicy: String? = nil
    ) {
        self.gracePeriodSeconds = gracePeriodSeconds
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagationPolicy = propagationPolicy
    }
}

extension Client {
    /// Reads, changes and writes back until no other writer came between; a `change` that returns false ends it unwritten.
    @discardableResult
    public func modify<T: APIObject>(
        _ type: T.Type, _ name: ObjectName, status: Bool = false,
        _ change: @Sendable (inout T) throws -> Bool
    ) async throws -> T {
        while true {
            try Task.checkCancellation()
            let current = try await get(type, name)
            var changed = current
            guard try change(&changed), changed != current else { return current }
            do {
                return status ? try await updateStatus(changed) : try await update(changed)
            } catch let error as APIError where error.isConflict {
                continue
            }
        }
    }
}
