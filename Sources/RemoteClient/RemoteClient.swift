public import Client
public import KubernetesAPI

/// The typed API over HTTPS, for agents and command lines.
///
/// Each watch has a connection of its own; everything else shares a few that are kept open. A server that is away makes a
/// call fail with 503: whoever called tries again, as informers and workers do anyway.
public struct RemoteClient: Client {
    private let transport: HTTPTransport

    public init(_ transport: HTTPTransport) { self.transport = transport }

    public func get<T: APIObject>(_ type: T.Type, _ name: ObjectName) async throws -> T {
        try await object("GET", RequestPath(T.resource, namespace: name.namespace, name: name.name).text)
    }

    public func list<T: APIObject>(_ type: T.Type, _ options: ListOptions) async throws -> ObjectList<T> {
        var path = RequestPath(T.resource, namespace: options.namespace)
        path.add(options)
        path.add("resourceVersion", options.resourceVersion)
        let body: ListBody<T> = try decode(try await transport.request("GET", path.text))
        return ObjectList(
            items: (body.items ?? []).map { named($0) }, resourceVersion: body.metadata.resourceVersion ?? "")
    }

    public func watch<T: APIObject>(
        _ type: T.Type, _ options: ListOptions
    ) async throws -> AsyncThrowingStream<WatchEvent<T>, any Error> {
        var path = RequestPath(T.resource, namespace: options.namespace)
        path.add("watch", "true")
        path.add("allowWatchBookmarks", "true")
        // So that a certificate that was made anew is in use everywhere within this time.
        path.add("timeoutSeconds", "600")
        path.add(options)
        path.add("resourceVersion", options.resourceVersion)
        let reader = WatchReader<T>(try await transport.stream(path.text))
        let transport = transport
        return AsyncThrowingStream { try await transport.reporting { try await reader.next() } }
    }

    public func create<T: APIObject>(_ object: T) async throws -> T {
        let path = RequestPath(T.resource, namespace: object.metadata.namespace)
        return try await self.object("POST", path.text, try JSON.encode(named(object)))
    }

    public func update<T: APIObject>(_ object: T) async throws -> T { try await put(object, nil) }

    public func updateStatus<T: APIObject>(_ object: T) async throws -> T { try await put(object, .status) }

    private func put<T: APIObject>(_ object: T, _ subresource: Subresource?) async throws -> T {
        let name = object.objectName
        let path = RequestPath(T.resource, namespace: name.namespace, name: name.name, subresource: subresource)
        return try await self.object("PUT", path.text, try JSON.encode(named(object)))
    }

    public func delete<T: APIObject>(_ type: T.Type, _ name: ObjectName, _ options: DeleteOptions) async throws {
        let path = RequestPath(T.resource, namespace: name.namespace, name: name.name)
        _ = try await transport.request("DELETE", path.text, body: try JSON.encode(DeleteBody(options)))
    }

    public func bind(pod: ObjectName, uid: String, to node: String) async throws {
        var metadata = ObjectMeta(name: pod.name, namespace: pod.namespace)
        metadata.uid = uid
        let binding = Binding(metadata: metadata, target: ObjectReference(kind: "Node", name: node))
        let path = RequestPath(Pod.resource, namespace: pod.namespace, name: pod.name, subresource: .binding)
        _ = try await transport.request("POST", path.text, body: try JSON.encode(binding))
    }

    private func object<T: APIObject>(_ method: String, _ path: String, _ body: [UInt8]? = nil) async throws -> T {
        named(try decode(try await transport.request(method, path, body: body)))
    }

    private func decode<T: Decodable>(_ bytes: [UInt8]) throws -> T {
        do { return try JSON.decode(T.self, from: bytes) } catch { throw transport.unavailable(error) }
    }
}

/// The object with its kind: the items of a list come without.
func named<T: APIObject>(_ object: T) -> T {
    var object = object
    object.apiVersion = T.resource.apiVersion
    object.kind = T.resource.kind
    return object
}

private struct ListBody<T: APIObject>: Decodable {
    var metadata: ListMeta
    /// Go prints an empty list as null.
    var items: [T]?
}

/// Source: meta/v1 DeleteOptions.
private struct DeleteBody: Encodable {
    struct Preconditions: Encodable {
        var uid: String?
        var resourceVersion: String?
    }

    var apiVersion = "v1"
    var kind = "DeleteOptions"
    var gracePeriodSeconds: Int64?
    var propagationPolicy: String?
    var preconditions: Preconditions?

    init(_ options: DeleteOptions) {
        gracePeriodSeconds = options.gracePeriodSeconds
        propagationPolicy = options.propagationPolicy
        if options.uid != nil || options.resourceVersion != nil {
            preconditions = Preconditions(uid: options.uid, resourceVersion: options.resourceVersion)
        }
    }
}
