import KubernetesAPI

/// The kinds of patch, by their media types.
private enum PatchKind: String {
    case json = "application/json-patch+json"
    case merge = "application/merge-patch+json"
    case strategic = "application/strategic-merge-patch+json"

    init(_ contentType: String?) throws(APIError) {
        let type = ObjectBody<Scale>.mediaType(contentType)
        if let kind = PatchKind(rawValue: type) {
            self = kind
            return
        }
        var message =
            "the body of the request was in an unknown format (\(type)) - accepted media types include: "
            + "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json"
        if type.hasPrefix("application/apply-patch") {
            message =
                "server-side apply is not supported by swiftlet: use kubectl apply without --server-side; "
                + "accepted media types include: application/json-patch+json, application/merge-patch+json, "
                + "application/strategic-merge-patch+json"
        }
        throw APIError(code: 415, reason: "UnsupportedMediaType", message: message)
    }
}

extension ObjectService {
    func patch(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse {
        let kind = try PatchKind(request.contentType)
        let document: JSONParser.Document
        do {
            document = try JSONParser.parse(request.body)
        } catch {
            throw .badRequest("error decoding patch: \(error)")
        }
        let name = try name(of: request)
        let options = WriteOptions(dryRun: request.options.dryRun)
        if request.subresource == .scale {
            let scalable = try scalableService()
            return try await scalable.patchScale(request, name) { (scale) throws(APIError) in
                try Self.apply(kind, document.value, to: scale, Scale.self)
            }
        }
        let door = try door(request.subresource)
        let renderer = try renderer(request)
        // Every attempt reads the body anew; the last one's warnings count.
        var warnings: [String] = []
        let stored = try await change(name, through: door, options) { (old) throws(APIError) in
            var current = old
            current.metadata.resourceVersion = nil
            let patched = try Self.apply(kind, document.value, to: try Self.tree(try encode(current)), T.self)
            var body = ObjectBody(T.self, request.options.fieldValidation)
            var new = try body.check(
                patched, duplicates: document.duplicates,
                patch: String(decoding: request.body.prefix(1000), as: UTF8.self))
            warnings = body.warnings
            try place(&new, name)
            return new
        }
        return ResourceResponse(code: 200, body: try renderer.object(stored), warnings: warnings)
    }

    static func tree(_ bytes: [UInt8]) throws(APIError) -> JSONValue {
        do {
            return try JSONParser.parse(bytes).value
        } catch {
            throw .internalError("a stored object cannot be read: \(error)")
        }
    }

    private static func apply(
        _ kind: PatchKind, _ patch: JSONValue, to value: JSONValue, _ type: any Described.Type
    ) throws(APIError) -> JSONValue {
        do throws(PatchError) {
            switch kind {
            case .json: return try JSONPatch.apply(patch, to: value)
            case .merge:
                guard patch.object != nil else { throw PatchError.mustBeObject }
                return MergePatch.apply(patch, to: value)
            case .strategic: return try StrategicMergePatch.apply(patch, to: value, type: type)
            }
        } catch {
            switch error.code {
            case 422:
                throw APIError(
                    code: 422, reason: "Invalid",
                    message: "the server rejected our request due to an error in our request: \(error)")
            case 413: throw APIError(code: 413, reason: "RequestEntityTooLarge", message: error.description)
            default: throw .badRequest(error.description)
            }
        }
    }
}
