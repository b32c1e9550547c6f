import KubernetesAPI

extension ObjectService {
    /// Scale requests need a kind that has replicas; this finds the same service with that known.
    func scalableService() throws(APIError) -> any ScaleService {
        try requires(.scale)
        guard let type = T.self as? any Scalable.Type else { throw .noSuchResource }
        return Self.scaleService(type, storage)
    }

    private static func scaleService<S: Scalable>(_ type: S.Type, _ storage: ObjectStore) -> any ScaleService {
        ScalableObjects<S>(objects: ObjectService<S>(type, storage))
    }

    func scaleJSON(of object: T) throws(APIError) -> [UInt8] {
        try requires(.scale)
        guard let object = object as? any Scalable else { throw .noSuchResource }
        return try encodeScale(object.scale)
    }

    func updateScale(_ request: ResourceRequest, _ name: ObjectName) async throws(APIError) -> ResourceResponse {
        let service = try scalableService()
        var body = ObjectBody<Scale>(apiVersion: "autoscaling/v1", kind: "Scale", request.options.fieldValidation)
        let scale = try body.parse(request.body)
        return try await service.setScale(scale, name, request.options, warnings: body.warnings)
    }
}

func encodeScale(_ scale: Scale) throws(APIError) -> [UInt8] {
    do {
        return try JSON.encode(scale)
    } catch {
        throw .internalError("cannot encode a Scale: \(error)")
    }
}

protocol ScaleService: Sendable {
    func setScale(
        _ scale: Scale, _ name: ObjectName, _ options: RequestOptions, warnings: [String]
    ) async throws(APIError) -> ResourceResponse
    func patchScale(
        _ request: ResourceRequest, _ name: ObjectName, _ apply: (JSONValue) throws(APIError) -> JSONValue
    ) async throws(APIError) -> ResourceResponse
}

private struct ScalableObjects<T: Scalable>: ScaleService {
    let objects: ObjectService<T>

    func setScale(
        _ scale: Scale, _ name: ObjectName, _ options: RequestOptions, warnings: [String]
    ) async throws(APIError) -> ResourceResponse {
        let stored = try await objects.change(name, through: .main, WriteOptions(dryRun: options.dryRun)) {
            (old) throws(APIError) in try scaled(old, by: scale)
        }
        return ResourceResponse(code: 200, body: try encodeScale(stored.object(T.self).scale), warnings: warnings)
    }

    func patchScale(
        _ request: ResourceRequest, _ name: ObjectName, _ apply: (JSONValue) throws(APIError) -> JSONValue
    ) async throws(APIError) -> ResourceResponse {
        var warnings: [String] = []
        let options = WriteOptions(dryRun: request.options.dryRun)
        let stored = try await objects.change(name, through: .main, options) { (old) throws(APIError) in
            var scale = old.scale
            // Only a revision that the patch itself names makes it conditional.
            scale.metadata.resourceVersion = nil
            let patched = try apply(try ObjectService<T>.tree(try encodeScale(scale)))
            var body = ObjectBody<Scale>(apiVersion: "autoscaling/v1", kind: "Scale", request.options.fieldValidation)
            let new = try body.check(patched, duplicates: [])
            warnings = body.warnings
            return try scaled(old, by: new)
        }
        return ResourceResponse(code: 200, body: try encodeScale(stored.object(T.self).scale), warnings: warnings)
    }

    private func scaled(_ old: T, by scale: Scale) throws(APIError) -> T {
        let replicas = scale.spec.replicas ?? 0
        guard replicas >= 0 else {
            var resource = T.resource
            resource.group = "autoscaling"
            resource.kind = "Scale"
            let error = FieldError(
                .invalid, "spec.replicas", value: "\(replicas)", "must be greater than or equal to 0")
            throw .invalid(resource, old.metadata.name ?? "", [error])
        }
        if let name = scale.metadata.name, !name.isEmpty, name != old.metadata.name {
            throw .badRequest(
                "the name of the object (\(name)) does not match the name on the URL (\(old.metadata.name ?? ""))")
        }
        var new = old
        new.metadata.resourceVersion = scale.metadata.resourceVersion
        if let uid = scale.metadata.uid, !uid.isEmpty { new.metadata.uid = uid }
        new.scaleReplicas = replicas
        return new
    }
}
