import KubernetesAPI
import Store

/// The requests of one kind of object, whatever its type.
protocol KindService: Sendable {
    var resource: ResourceType { get }
    /// How many objects there are.
    var count: Int { get }
    func get(_ request: ResourceRequest) throws(APIError) -> ResourceResponse
    func list(_ request: ResourceRequest) throws(APIError) -> ResourceResponse
    func watch(_ request: ResourceRequest) throws(APIError) -> WatchResponse
    func create(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse
    func update(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse
    func patch(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse
    func delete(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse
    func deleteCollection(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse
}

/// Every verb on one kind. The verbs are in the folders beside this file; none knows which kind it serves.
struct ObjectService<T: APIObject>: KindService {
    let storage: ObjectStore

    init(_ type: T.Type, _ storage: ObjectStore) { self.storage = storage }

    var resource: ResourceType { T.resource }

    var count: Int { storage.store.list(prefix: StorageKey.prefix(T.resource)).entries.count }

    func key(_ name: ObjectName) -> String { StorageKey.object(T.resource, name) }

    /// The stored object of that name.
    func find(_ name: ObjectName) throws(APIError) -> StoredObject {
        guard let entry = storage.store.get(key(name)) else { throw .notFound(T.resource, name.name) }
        return entry.value
    }

    /// What the path of a request on one object names.
    func name(of request: ResourceRequest) throws(APIError) -> ObjectName {
        guard let name = request.name, !name.isEmpty else { throw .badRequest("name is required") }
        // A "/" would reach into another namespace's keys.
        guard !name.utf8.contains(UInt8(ascii: "/")) else { throw .notFound(T.resource, name) }
        return ObjectName(namespace: T.resource.namespaced ? try namespace(of: request) : nil, name)
    }

    func namespace(of request: ResourceRequest) throws(APIError) -> String {
        guard let namespace = request.namespace, !namespace.isEmpty else {
            throw .badRequest("namespace is required for \(T.resource.qualifiedPlural)")
        }
        return namespace
    }

    func renderer(_ request: ResourceRequest) throws(APIError) -> ObjectRenderer<T> {
        ObjectRenderer(
            representation: try Representation(accept: request.accept), includeObject: request.options.includeObject,
            now: storage.now)
    }

    func requires(_ subresource: Subresource) throws(APIError) {
        guard T.resource.subresources.contains(subresource) else { throw .noSuchResource }
    }
}

extension APIError {
    static var noSuchResource: APIError {
        APIError(code: 404, reason: "NotFound", message: "the server could not find the requested resource")
    }

    static func methodNotAllowed(_ verb: String) -> APIError {
        APIError(
            code: 405, reason: "MethodNotAllowed", message: "\(verb) is not supported on resources of this kind")
    }
}
