public import Client
public import KubernetesAPI

/// The typed API for parts inside the server's process, straight from the registry: reads and watches share the objects
/// that the server holds anyway, and only writes are encoded.
public struct InProcessClient: Client {
    private let storage: ObjectStore

    public init(_ registry: Registry) { storage = registry.storage }

    private func service<T: APIObject>(_ type: T.Type) -> ObjectService<T> { ObjectService(type, storage) }

    public func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) async throws -> T {
        try service(type).get(name)
    }

    public func list<T: APIObject>(_ type: T.Type, _ options: ListOptions) async throws -> ObjectList<T> {
        try service(type).list(options)
    }

    public func watch<T: APIObject>(
        _ type: T.Type, _ options: ListOptions
    ) async throws -> AsyncThrowingStream<WatchEvent<T>, any Error> {
        try service(type).watch(options)
    }

    public func create<T: APIObject>(_ object: T) async throws -> T {
        try await service(T.self).create(object).object(T.self)
    }

    public func update<T: APIObject>(_ object: T) async throws -> T {
        try await change(object, .main)
    }

    public func updateStatus<T: APIObject>(_ object: T) async throws -> T {
        try await change(object, .status)
    }

    private func change<T: APIObject>(_ object: T, _ door: UpdateDoor) async throws(APIError) -> T {
        let service = service(T.self)
        if door == .status { try service.requires(.status) }
        return try await service.change(object.objectName, through: door) { _ in object }.object(T.self)
    }

    public func delete<T: APIObject>(_ type: T.Type, _ name: ObjectName, _ options: DeleteOptions) async throws {
        try await service(type).delete(name, try DeleteRequest(options))
    }

    public func bind(pod: ObjectName, uid: String, to node: String) async throws {
        var metadata = ObjectMeta(name: pod.name, namespace: pod.namespace)
        metadata.uid = uid
        let target = ObjectReference(kind: "Node", name: node)
        try await service(Pod.self).bind(pod, Binding(metadata: metadata, target: target))
    }
}
