import KubernetesAPI

/// Turns the body of a write into a typed object, with what a careful reader would say about it.
struct ObjectBody<T: Described & Codable>: Sendable {
    /// `apps/v1`.
    let apiVersion: String
    let kind: String
    let validation: RequestOptions.FieldValidation
    /// What a `Warn` has to say.
    private(set) var warnings: [String] = []

    init(apiVersion: String, kind: String, _ validation: RequestOptions.FieldValidation) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.validation = validation
    }

    private var cannotBeHandled: String {
        // The version alone, as Kubernetes has it here: `v1` of `apps/v1`.
        let version = apiVersion.split(separator: "/").last.map(String.init) ?? apiVersion
        return "\(kind) in version \"\(version)\" cannot be handled as a \(kind): "
    }

    /// Bodies other than JSON are refused by name.
    static func checkContentType(_ header: String?) throws(APIError) {
        let type = mediaType(header)
        guard type.isEmpty || type == "application/json" || type == "*/*" else {
            throw APIError(
                code: 415, reason: "UnsupportedMediaType",
                message: "the body of the request was in an unknown format (\(type)) - accepted media types include: "
                    + "application/json")
        }
    }

    static func mediaType(_ header: String?) -> String {
        String((header ?? "").prefix { $0 != ";" && $0 != " " }).lowercased()
    }

    mutating func parse(_ bytes: [UInt8]) throws(APIError) -> T {
        let document: JSONParser.Document
        do {
            document = try JSONParser.parse(bytes)
        } catch {
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(kind)): couldn't get version/kind; "
                    + "json parse error: \(error)")
        }
        try checkKind(document.value)
        return try check(document.value, duplicates: document.duplicates)
    }

    private func checkKind(_ value: JSONValue) throws(APIError) {
        if let found = value["apiVersion"]?.string, !found.isEmpty, found != apiVersion {
            throw .badRequest(
                "the API version in the data (\(found)) does not match the expected API version (\(apiVersion))")
        }
        if let found = value["kind"]?.string, !found.isEmpty, found != kind {
            throw .badRequest("\(found) in version \"\(apiVersion)\" cannot be handled as a \(kind)")
        }
    }

    /// - Parameter patch: the patch as text where the value came of one; strict errors then read as Kubernetes has them.
    mutating func check(
        _ value: JSONValue, duplicates: [String], patch: String? = nil
    ) throws(APIError) -> T {
        let check: FieldCheck
        do {
            check = try FieldCheck(value, against: T.self)
        } catch {
            throw .badRequest(cannotBeHandled + error.description)
        }
        try report(check.unknown, duplicates, patch)
        guard check.refused.isEmpty else { throw refusal(check) }
        do {
            return try check.value.decode(T.self)
        } catch {
            throw .badRequest(cannotBeHandled + error.description)
        }
    }

    private mutating func report(_ unknown: [String], _ duplicates: [String], _ patch: String?) throws(APIError) {
        guard validation != .ignore, !unknown.isEmpty || !duplicates.isEmpty else { return }
        let problems = unknown.map { "unknown field \"\($0)\"" } + duplicates.map { "duplicate field \"\($0)\"" }
        guard validation == .strict else {
            warnings += problems
            return
        }
        let words = "strict decoding error: " + problems.joined(separator: ", ")
        guard let patch else { throw .badRequest(cannotBeHandled + words) }
        let error = FieldError(.invalid, "patch", value: JSONValue.string(patch).text, words)
        throw APIError(
            code: 422, reason: "Invalid", message: " \"\" is invalid: \(error)", details: .causes([error]))
    }

    private func refusal(_ check: FieldCheck) -> APIError {
        let name = check.value["metadata"]?["name"]?.string ?? check.value["metadata"]?["generateName"]?.string ?? ""
        let parts = apiVersion.split(separator: "/")
        let qualified = parts.count == 2 ? "\(kind).\(parts[0])" : kind
        let list = check.refused.map(\.description)
        let text = list.count == 1 ? list[0] : "[\(list.joined(separator: ", "))]"
        var details = Status.Details.causes(check.refused)
        details.name = name
        details.kind = kind
        details.group = parts.count == 2 ? String(parts[0]) : nil
        return APIError(
            code: 422, reason: "Invalid", message: "\(qualified) \"\(name)\" is invalid: \(text)", details: details)
    }
}

extension ObjectBody where T: APIObject {
    init(_ type: T.Type, _ validation: RequestOptions.FieldValidation) {
        self.init(apiVersion: T.resource.apiVersion, kind: T.resource.kind, validation)
    }
}

extension Status.Details {
    static func causes(_ errors: [FieldError]) -> Status.Details {
        var details = Status.Details()
        details.causes = errors.map { .init(reason: $0.kind.rawValue, message: $0.message, field: $0.path) }
        return details
    }
}

extension JSONValue {
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
