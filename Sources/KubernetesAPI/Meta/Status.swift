/// What the server answers when it refuses, and after a delete. Source: meta/v1 Status.
public struct Status: Codable, Sendable, Equatable {
    public var kind: String? = "Status"
    public var apiVersion: String? = "v1"
    public var metadata = ListMeta()
    public var status: String?
    public var message: String?
    public var reason: String?
    public var details: Details?
    /// The HTTP status code.
    public var code: Int?

    public init() {}

    public struct Details: Codable, Sendable, Equatable {
        public var name: String?
        public var group: String?
        public var kind: String?
        public var uid: String?
        public var causes: [Cause]?
        public var retryAfterSeconds: Int?
        public init() {}
    }

    public struct Cause: Codable, Sendable, Equatable {
        public var reason: String?
        public var message: String?
        public var field: String?
        public init(reason: String? = nil, message: String? = nil, field: String? = nil) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }
}

public struct ListMeta: Codable, Sendable, Equatable {
    public var resourceVersion: String?
    public var `continue`: String?
    public var remainingItemCount: Int64?
    public init(resourceVersion: String? = nil) { self.resourceVersion = resourceVersion }
}

/// An answer of the API that is an error: a `Status` with an HTTP code, worded as Kubernetes words it.
/// Source: k8s.io/apimachinery api/errors.
public struct APIError: Error, Sendable, CustomStringConvertible {
    public var status: Status

    public init(code: Int, reason: String, message: String, details: Status.Details? = nil) {
        status = Status()
        status.status = "Failure"
        status.code = code
        status.reason = reason
        status.message = message
        status.details = details
    }

    public var code: Int { status.code ?? 500 }
    public var reason: String { status.reason ?? "" }
    public var description: String { status.message ?? reason }

    public var isNotFound: Bool { reason == "NotFound" }
    public var isConflict: Bool { reason == "Conflict" }
    public var isAlreadyExists: Bool { reason == "AlreadyExists" }
    /// The revision that a watch or a continued list asked for is compacted: list again.
    public var isExpired: Bool { code == 410 }

    public static func notFound(_ resource: ResourceType, _ name: String) -> APIError {
        APIError(
            code: 404, reason: "NotFound", message: "\(resource.qualifiedPlural) \"\(name)\" not found",
            details: details(resource, name))
    }

    public static func alreadyExists(_ resource: ResourceType, _ name: String) -> APIError {
        APIError(
            code: 409, reason: "AlreadyExists", message: "\(resource.qualifiedPlural) \"\(name)\" already exists",
            details: details(resource, name))
    }

    public static func conflict(_ resource: ResourceType, _ name: String, _ why: String? = nil) -> APIError {
        let why =
            why
            ?? "the object has been modified; please apply your changes to the latest version and try again"
        return APIError(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(resource.qualifiedPlural) \"\(name)\": \(why)",
            details: details(resource, name))
    }

    public static func invalid(_ resource: ResourceType, _ name: String, _ errors: [FieldError]) -> APIError {
        var details = details(resource, name)
        details.kind = resource.kind
        details.causes = errors.map { Status.Cause(reason: $0.kind.rawValue, message: $0.message, field: $0.path) }
        let list = errors.map(\.description)
        let text = list.count == 1 ? list[0] : "[\(list.joined(separator: ", "))]"
        return APIError(
            code: 422, reason: "Invalid", message: "\(resource.qualifiedKind) \"\(name)\" is invalid: \(text)",
            details: details)
    }

    public static func badRequest(_ message: String) -> APIError {
        APIError(code: 400, reason: "BadRequest", message: message)
    }

    public static func forbidden(_ resource: ResourceType, _ name: String, _ why: String) -> APIError {
        APIError(
            code: 403, reason: "Forbidden", message: "\(resource.qualifiedPlural) \"\(name)\" is forbidden: \(why)",
            details: details(resource, name))
    }

    private static func details(_ resource: ResourceType, _ name: String) -> Status.Details {
        var details = Status.Details()
        details.name = name
        details.group = resource.group.isEmpty ? nil : resource.group
        details.kind = resource.plural
        return details
    }
}
