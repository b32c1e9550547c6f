import KubernetesAPI

extension ObjectService {
    func bind(_ request: ResourceRequest) async throws(APIError) -> ResourceResponse {
        try requires(.binding)
        try ObjectBody<T>.checkContentType(request.contentType)
        let name = try name(of: request)
        var body = ObjectBody<Binding>(apiVersion: "v1", kind: "Binding", request.options.fieldValidation)
        let binding = try body.parse(request.body)
        if let given = binding.metadata.name, !given.isEmpty, given != name.name {
            throw .badRequest("the name of the object (\(given)) does not match the name on the URL (\(name.name))")
        }
        try await bind(name, binding, WriteOptions(dryRun: request.options.dryRun))
        return ResourceResponse(code: 201, body: Status.success(code: 201).bytes, warnings: body.warnings)
    }

    func bind(_ name: ObjectName, _ binding: Binding, _ options: WriteOptions = WriteOptions()) async throws(APIError) {
        if let kind = binding.target.kind, !kind.isEmpty, kind != "Node" {
            let error = FieldError(
                .notSupported, "target.kind", value: JSONValue.string(kind).text, "supported values: \"Node\"")
            throw .invalid(T.resource, name.name, [error])
        }
        guard binding.target.name ?? "" != "" else {
            throw .invalid(T.resource, name.name, [FieldError(.required, "target.name")])
        }
        let now = storage.now
        _ = try await change(name, through: .own, options) { (old) throws(APIError) in
            guard var bindable = old as? any Bindable else { throw .noSuchResource }
            if let uid = binding.metadata.uid, !uid.isEmpty, uid != old.metadata.uid {
                throw .uidMismatch(T.resource, name.name, uid, old.metadata.uid ?? "")
            }
            do {
                try bindable.bind(binding, now: now)
            } catch {
                throw .conflict(T.resource, name.name, "\(error)")
            }
            guard var new = bindable as? T else { throw .noSuchResource }
            new.metadata.resourceVersion = binding.metadata.resourceVersion
            return new
        }
    }
}

extension Status {
    static func success(code: Int, details: Details? = nil) -> Status {
        var status = Status()
        status.status = "Success"
        status.code = code
        status.details = details
        return status
    }

    var bytes: [UInt8] {
        // Strings and integers alone always encode.
        (try? JSON.encode(self)) ?? Array(#"{"kind":"Status","apiVersion":"v1","metadata":{}}"#.utf8)
    }
}
