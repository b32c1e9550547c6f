public import Client
public import KubernetesAPI
public import Logging

/// The API server's heart: every verb on every kind, over the store, with no HTTP in it.
///
/// The front turns requests into `ResourceRequest`s; the parts inside this process use `InProcessClient`.
/// `read` and `watch` do not wait, so that an event loop may call them where it stands; only writes are async.
public final class Registry: Sendable {
    /// Every kind served, for discovery and OpenAPI.
    public let kinds: [any APIObject.Type]

    /// - Parameter path: the store's file; nil keeps everything in memory, for tests.
    public init(
        path: String?, kinds: [any APIObject.Type] = Kinds.all, clock: any WallClock = SystemClock(), logger: Logger
    ) async throws {
        self.kinds = kinds
    }

    /// get and list, `status` and `scale` among them. Never waits.
    public func read(_ request: ResourceRequest) -> ResourceResponse {
        fatalError("lands next")
    }

    /// create, update, patch, delete, deletecollection and their subresources.
    public func write(_ request: ResourceRequest) async -> ResourceResponse {
        fatalError("lands next")
    }

    /// Never waits.
    public func watch(_ request: ResourceRequest) -> WatchResponse {
        fatalError("lands next")
    }

    /// Ends every watch, then the store.
    public func close() async {}
}
