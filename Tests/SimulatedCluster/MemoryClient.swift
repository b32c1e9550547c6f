package import Client
package import KubernetesAPI

/// The plain way to a `MemoryAPI`, with a hook before each call.
package struct MemoryClient: Client {
    package var api: MemoryAPI
    /// May throw instead of the call, or do something else first.
    package var before: @Sendable (_ call: Call) async throws -> Void

    package init(
        api: MemoryAPI, before: @escaping @Sendable (_ call: Call) async throws -> Void = { _ in }
    ) {
        self.api = api
        self.before = before
    }

    package enum Call: Sendable {
        case get(ObjectName)
        case create(any APIObject)
        case update(any APIObject)
        case updateStatus(any APIObject)
        case delete(String, ObjectName)
        case bind(ObjectName)
    }

    package func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) async throws -> T {
        try await before(.get(name))
        return try api.get(type, name)
    }
    package func list<T: APIObject>(_ type: T.Type, _ options: ListOptions) async throws -> ObjectList<T> {
        let items = api.all(type).filter { options.namespace == nil || $0.metadata.namespace == options.namespace }
        return ObjectList(items: items, resourceVersion: String(api.revision))
    }
    package func watch<T: APIObject>(
        _ type: T.Type, _ options: ListOptions
    ) async throws -> AsyncThrowingStream<WatchEvent<T>, any Error> {
        api.watch(type, after: options.resourceVersion.flatMap { Int($0) } ?? 0)
    }
    package func create<T: APIObject>(_ object: T) async throws -> T {
        try await before(.create(object))
        return try api.create(object)
    }
    package func update<T: APIObject>(_ object: T) async throws -> T {
        try await before(.update(object))
        return try api.update(object, status: false)
    }
    package func updateStatus<T: APIObject>(_ object: T) async throws -> T {
        try await before(.updateStatus(object))
        return try api.update(object, status: true)
    }
    package func delete<T: APIObject>(_ type: T.Type, _ name: ObjectName, _ options: DeleteOptions) async throws {
        try await before(.delete(T.resource.kind, name))
        try api.delete(type, name, options)
    }
    package func bind(pod: ObjectName, uid: String, to node: String) async throws {
        try await before(.bind(pod))
        var object = try api.get(Pod.self, pod)
        guard object.metadata.uid == uid, object.spec.nodeName == nil else {
            throw APIError.conflict(Pod.resource, pod.name)
        }
        object.spec.nodeName = node
        _ = try api.update(object, status: false)
    }
}
