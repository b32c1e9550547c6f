public import Client
public import KubernetesAPI
public import Logging
import Store

/// The API server's heart: every verb on every kind, over the store, with no HTTP in it.
///
/// The front turns requests into `ResourceRequest`s; the parts inside this process use `InProcessClient`.
/// `read` and `watch` do not wait, so that an event loop may call them where it stands; only writes are async.
public final class Registry: Sendable {
    /// Every kind served, for discovery and OpenAPI.
    public let kinds: [any APIObject.Type]
    let storage: ObjectStore
    private let services: [ResourceType: any KindService]
    private let logger: Logger

    /// Opens the store and makes the well-known objects where they are missing.
    /// - Parameters:
    ///   - path: the store's file; nil keeps everything in memory, for tests.
    ///   - serviceCIDR: the block that services get their addresses from.
    ///   - settings: what the cluster's administrator may set about objects as they are written.
    ///   - random: where names and uids come from.
    /// - Throws: `StoreError`, `APIError`; what is wrong with `serviceCIDR`.
    public init(
        path: String?, kinds: [any APIObject.Type] = Kinds.all, serviceCIDR: String = "10.43.0.0/16",
        settings: AdmissionSettings = AdmissionSettings(), clock: any WallClock = SystemClock(),
        random: @escaping RandomSource = { UInt64.random(in: .min ... .max) }, logger: Logger
    ) async throws {
        self.kinds = kinds
        self.logger = logger
        let storage = try ObjectStore(
            path: path, kinds: kinds, serviceRange: try ServiceAddressRange(serviceCIDR), settings: settings,
            clock: clock, random: random, logger: logger)
        self.storage = storage
        services = Dictionary(uniqueKeysWithValues: kinds.map { ($0.resource, Self.service($0, storage)) })
        // Before the first write: an address that a stored service has must not be given to another.
        for entry in storage.store.list(prefix: StorageKey.prefix(Service.resource)).entries {
            storage.services.adopt(try entry.value.object(Service.self))
        }
        try await WellKnownObjects.make(storage)
    }

    private static func service<T: APIObject>(_ type: T.Type, _ storage: ObjectStore) -> any KindService {
        ObjectService(type, storage)
    }

    private func service(_ request: ResourceRequest) throws(APIError) -> any KindService {
        guard let service = services[request.resource] else { throw .noSuchResource }
        return service
    }

    /// get and list, `status` and `scale` among them. Never waits.
    public func read(_ request: ResourceRequest) -> ResourceResponse {
        do throws(APIError) {
            let service = try service(request)
            switch request.verb {
            case .get: return try service.get(request)
            case .list: return try service.list(request)
            default: throw .methodNotAllowed(request.verb.rawValue)
            }
        } catch {
            return refusal(error, request)
        }
    }

    /// create, update, patch, delete, deletecollection and their subresources.
    public func write(_ request: ResourceRequest) async -> ResourceResponse {
        do throws(APIError) {
            let service = try service(request)
            switch request.verb {
            case .create: return try await service.create(request)
            case .update: return try await service.update(request)
            case .patch: return try await service.patch(request)
            case .delete: return try await service.delete(request)
            case .deletecollection: return try await service.deleteCollection(request)
            case .get, .list, .watch: throw .methodNotAllowed(request.verb.rawValue)
            }
        } catch {
            return refusal(error, request)
        }
    }

    /// Never waits.
    public func watch(_ request: ResourceRequest) -> WatchResponse {
        do throws(APIError) {
            return try service(request).watch(request)
        } catch {
            return .refused(refusal(error, request))
        }
    }

    /// For `/readyz`: what cannot write is not ready.
    var check: HealthCheck { HealthCheck("store") { [storage] in storage.store.failure } }

    /// For `/metrics`, in the words of kube-apiserver.
    var metrics: [Metric] {
        services.values.map { service in
            Metric(
                "apiserver_storage_objects", help: "Objects that are stored.",
                labels: ["resource": service.resource.qualifiedPlural], value: Double(service.count))
        }.sorted { ($0.labels["resource"] ?? "") < ($1.labels["resource"] ?? "") }
    }

    /// Ends every watch, then the store.
    public func close() async { await storage.store.close() }

    private func refusal(_ error: APIError, _ request: ResourceRequest) -> ResourceResponse {
        // What the client cannot help is worth a line in the log; refusals of bad requests are its own business.
        if error.code >= 500 {
            logger.error("\(request.verb) \(request.resource.plural) \(request.name ?? ""): \(error)")
        }
        return ResourceResponse(error)
    }
}
