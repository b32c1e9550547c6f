import KubernetesAPI
import Store

/// How a write is to be done.
struct WriteOptions: Sendable {
    /// Everything but the write itself.
    var dryRun = false
}

extension ObjectService {
    func create(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse {
        switch request.subresource {
        case nil: break
        case .binding: return try await bind(request)
        case .eviction: return try await Eviction(self).respond(to: request)
        default: throw .methodNotAllowed("create")
        }
        let renderer = try renderer(request)
        try ObjectBody<T>.checkContentType(request.contentType)
        var body = ObjectBody(T.self, request.options.fieldValidation)
        var object = try body.parse(request.body)
        if T.resource.namespaced {
            let namespace = try namespace(of: request)
            if let given = object.metadata.namespace, !given.isEmpty, given != namespace {
                throw .badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request")
            }
            object.metadata.namespace = namespace
        }
        let stored = try await create(object, WriteOptions(dryRun: request.options.dryRun))
        return ResourceResponse(code: 201, body: try renderer.object(stored), warnings: body.warnings)
    }

    func create(_ given: T, _ options: WriteOptions = WriteOptions()) async throws(APIError) -> StoredObject {
        var object = given
        object.apiVersion = T.resource.apiVersion
        object.kind = T.resource.kind
        guard object.metadata.resourceVersion ?? "" == "" else {
            throw .badRequest("resourceVersion should not be set on objects to be created")
        }
        object.metadata.resourceVersion = nil
        object.metadata.uid = Names.uid(using: storage.random)
        object.metadata.creationTimestamp = storage.now
        object.metadata.deletionTimestamp = nil
        object.metadata.deletionGracePeriodSeconds = nil
        object.metadata.generation = nil
        let base = object.metadata.name ?? "" == "" ? object.metadata.generateName ?? "" : ""
        if !base.isEmpty { object.metadata.name = Names.generated(from: base, using: storage.random) }
        object.applyDefaults()
        await sweepExpired()
        for plugin in storage.admission { try plugin.admitCreate(&object, storage) }
        object.prepareForCreate()
        try refuse(object.validate(updating: nil), object)
        let reservation = try storage.reserve(&object, replacing: nil)
        do throws(APIError) {
            let stored = try await insert(object, base, options)
            if options.dryRun { reservation?.giveBack() } else { reservation?.keep() }
            return stored
        } catch {
            reservation?.giveBack()
            throw error
        }
    }

    /// - Parameter base: what the name was made from; empty where the client chose it.
    private func insert(_ given: T, _ base: String, _ options: WriteOptions) async throws(APIError) -> StoredObject {
        var object = given
        // A made-up name that exists is bad luck, not an error: another one is tried, as Kubernetes does since 1.31.
        for attempt in 1... {
            let bytes = try encode(object)
            do throws(StoreError) {
                return try await write(object, bytes, options, expecting: .absent)
            } catch {
                guard case .conflict = error else { throw APIError(error) }
                guard !base.isEmpty, attempt < 8 else {
                    throw .alreadyExists(T.resource, object.metadata.name ?? "")
                }
                object.metadata.name = Names.generated(from: base, using: storage.random)
            }
        }
        throw .internalError("unreachable: attempts are counted without end")
    }

    func refuse(_ errors: [FieldError], _ object: T) throws(APIError) {
        guard !errors.isEmpty else { return }
        throw .invalid(T.resource, object.metadata.name ?? object.metadata.generateName ?? "", errors)
    }

    func encode(_ object: T) throws(APIError) -> [UInt8] {
        do {
            return try JSON.encode(object)
        } catch {
            throw .internalError("cannot encode \(T.resource.kind) \(object.objectName): \(error)")
        }
    }

    /// Commits an object without a resourceVersion, and its JSON; a dry run only checks what it expects.
    func write(
        _ object: T, _ bytes: [UInt8], _ options: WriteOptions, expecting: Expectation
    ) async throws(StoreError) -> StoredObject {
        let key = key(object.objectName)
        guard options.dryRun else { return try await storage.put(key, bytes, object, expecting: expecting) }
        let current = storage.store.get(key)?.revision
        let matches =
            switch expecting {
            case .absent: current == nil
            case .revision(let revision): current == revision
            }
        guard matches else { throw .conflict(current: current) }
        do {
            return try StoredObject(bytes, current ?? .zero, T.self, object)
        } catch {
            throw .failed("\(key): \(error)")
        }
    }
}
