import KubernetesAPI
import Store

/// Through which door an object is changed, which decides what of it may change.
enum UpdateDoor: Sendable {
    case main, status, finalize
    /// A change of the server's own making (binding): nothing is taken back.
    case own
}

extension ObjectService {
    func update(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse {
        try ObjectBody<T>.checkContentType(request.contentType)
        let name = try name(of: request)
        if request.subresource == .scale { return try await updateScale(request, name) }
        let door = try door(request.subresource)
        let renderer = try renderer(request)
        var body = ObjectBody(T.self, request.options.fieldValidation)
        var object = try body.parse(request.body)
        try place(&object, name)
        let new = object
        let stored = try await change(name, through: door, WriteOptions(dryRun: request.options.dryRun)) { _ in new }
        return ResourceResponse(code: 200, body: try renderer.object(stored), warnings: body.warnings)
    }

    func door(_ subresource: Subresource?) throws(APIError) -> UpdateDoor {
        switch subresource {
        case nil: return .main
        case .status:
            try requires(.status)
            return .status
        case .finalize where T.self is any FinalizedBySpec.Type: return .finalize
        default: throw .methodNotAllowed("update")
        }
    }

    /// Holds a body against the path that it came by.
    func place(_ object: inout T, _ name: ObjectName) throws(APIError) {
        if let given = object.metadata.name, !given.isEmpty, given != name.name {
            throw .badRequest(
                "the name of the object (\(given)) does not match the name on the URL (\(name.name))")
        }
        if T.resource.namespaced, let given = object.metadata.namespace, !given.isEmpty, given != name.namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        object.metadata.name = name.name
        if T.resource.namespaced { object.metadata.namespace = name.namespace }
    }

    /// The one way in which a stored object changes: read, change, check, compare-and-swap; again when another writer came
    /// between, unless the change is meant for one revision alone.
    ///
    /// - Returns: the object as committed; as it was when the change changes nothing; the last state where the change let
    ///   a deletion finish.
    func change(
        _ name: ObjectName, through door: UpdateDoor, _ options: WriteOptions = WriteOptions(),
        _ transform: (T) throws(APIError) -> T
    ) async throws(APIError) -> StoredObject {
        while true {
            let current = try find(name)
            let old = try current.object(T.self)
            var new = try transform(old)
            let asked = new.metadata.resourceVersion ?? ""
            if !asked.isEmpty, asked != "0", asked != current.revision.text { throw .conflict(T.resource, name.name) }
            if let uid = new.metadata.uid, !uid.isEmpty, uid != old.metadata.uid {
                throw .uidMismatch(T.resource, name.name, uid, old.metadata.uid ?? "")
            }
            try prepare(&new, from: old, door)
            do throws(StoreError) {
                if isFinished(new) { return try await remove(current, options) }
            } catch {
                guard case .conflict = error else { throw APIError(error) }
                if !asked.isEmpty, asked != "0" { throw .conflict(T.resource, name.name) }
                continue
            }
            let reservation = door == .main ? try storage.reserve(&new, replacing: old) : nil
            do throws(StoreError) {
                let stored = try await replace(current, with: new, options)
                if options.dryRun { reservation?.giveBack() } else { reservation?.keep() }
                return stored
            } catch {
                reservation?.giveBack()
                guard case .conflict = error else { throw APIError(error) }
                if !asked.isEmpty, asked != "0" { throw .conflict(T.resource, name.name) }
            }
        }
    }

    private func replace(
        _ current: StoredObject, with new: T, _ options: WriteOptions
    ) async throws(StoreError) -> StoredObject {
        let bytes: [UInt8]
        do { bytes = try encode(new) } catch { throw .failed(error.description) }
        // Bytes are deterministic: the same object gives the same ones, and then nothing is written and nobody woken.
        if current.hasRaw(bytes) { return current }
        return try await write(new, bytes, options, expecting: .revision(current.revision))
    }

    private func prepare(_ new: inout T, from old: T, _ door: UpdateDoor) throws(APIError) {
        new.apiVersion = T.resource.apiVersion
        new.kind = T.resource.kind
        new.metadata.name = old.metadata.name
        new.metadata.namespace = old.metadata.namespace
        new.metadata.uid = old.metadata.uid
        new.metadata.creationTimestamp = new.metadata.creationTimestamp ?? old.metadata.creationTimestamp
        new.metadata.generation = old.metadata.generation
        if door != .own {
            // Only a delete sets these.
            new.metadata.deletionTimestamp = old.metadata.deletionTimestamp
            new.metadata.deletionGracePeriodSeconds = old.metadata.deletionGracePeriodSeconds
            new.applyDefaults()
        }
        switch door {
        case .main:
            for plugin in storage.admission { try plugin.admitUpdate(&new, from: old, storage) }
            new.prepareForUpdate(from: old)
        case .status: new.prepareForStatusUpdate(from: old)
        case .finalize: new = finalized(new, from: old)
        case .own: break
        }
        // Dependent on the revision that the store gives: never part of what is stored.
        new.metadata.resourceVersion = nil
        if door != .own { try refuse(new.validate(updating: old), new) }
    }

    /// Only the finalizers of the spec change through `finalize`.
    private func finalized(_ new: T, from old: T) -> T {
        guard let wanted = new as? any FinalizedBySpec, var result = old as? any FinalizedBySpec else { return old }
        result.specFinalizers = wanted.specFinalizers
        return result as? T ?? old
    }
}

extension APIError {
    static func uidMismatch(_ resource: ResourceType, _ name: String, _ asked: String, _ found: String) -> APIError {
        .conflict(
            resource, name,
            "Precondition failed: UID in precondition: \(asked), UID in object meta: \(found)")
    }
}
