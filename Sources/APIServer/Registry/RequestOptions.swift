public import KubernetesAPI

/// What the query of a request asks for, as Kubernetes names it. Source: meta/v1 ListOptions, CreateOptions, PatchOptions,
/// DeleteOptions.
public struct RequestOptions: Sendable, Equatable {
    /// What becomes of unknown and duplicate fields in a body.
    public enum FieldValidation: String, Sendable {
        case ignore = "Ignore"
        case warn = "Warn"
        case strict = "Strict"
    }

    /// How a list treats `resourceVersion`.
    public enum VersionMatch: String, Sendable {
        case exact = "Exact"
        case notOlderThan = "NotOlderThan"
    }

    /// What each row of a `Table` carries beside its cells.
    public enum IncludeObject: String, Sendable {
        case none = "None"
        case metadata = "Metadata"
        case object = "Object"
    }

    public var labelSelector: String?
    public var fieldSelector: String?
    public var resourceVersion: String?
    public var resourceVersionMatch: VersionMatch?
    /// Objects a page of a list; nil: all of them.
    public var limit: Int?
    public var `continue`: String?
    /// How long a watch lasts; nil: until the client goes.
    public var timeoutSeconds: Int64?
    public var watch = false
    public var allowWatchBookmarks = false
    public var sendInitialEvents: Bool?
    public var dryRun = false
    public var fieldValidation = FieldValidation.warn
    public var includeObject = IncludeObject.metadata
    public var gracePeriodSeconds: Int64?
    public var propagationPolicy: String?
    public var orphanDependents: Bool?

    public init() {}

    /// Reads the decoded names and values of a query; names that no option has are left alone, as Kubernetes does.
    /// - Throws: 400 that names the option and the value.
    public init(query: [(name: String, value: String)]) throws(APIError) {
        for (name, value) in query {
            switch name {
            case "labelSelector": labelSelector = value
            case "fieldSelector": fieldSelector = value
            case "resourceVersion": resourceVersion = value
            case "resourceVersionMatch":
                if value.isEmpty { continue }
                resourceVersionMatch = try Self.choice(name, value, ["Exact", "NotOlderThan"])
            case "limit":
                let number = try Self.integer(name, value)
                limit = number > 0 ? Int(number) : nil
            case "continue": `continue` = value.isEmpty ? nil : value
            case "timeoutSeconds": timeoutSeconds = try Self.integer(name, value)
            case "watch": watch = try Self.boolean(name, value)
            case "allowWatchBookmarks": allowWatchBookmarks = try Self.boolean(name, value)
            case "sendInitialEvents": sendInitialEvents = try Self.boolean(name, value)
            case "dryRun":
                if value.isEmpty { continue }
                guard value == "All" else {
                    throw .badRequest("invalid dryRun value \"\(value)\": supported values: \"All\"")
                }
                dryRun = true
            case "fieldValidation":
                if value.isEmpty { continue }
                fieldValidation = try Self.choice(name, value, ["Ignore", "Strict", "Warn"])
            case "includeObject":
                if value.isEmpty { continue }
                includeObject = try Self.choice(name, value, ["Metadata", "None", "Object"])
            case "gracePeriodSeconds": gracePeriodSeconds = try Self.integer(name, value)
            case "propagationPolicy": propagationPolicy = value
            case "orphanDependents": orphanDependents = try Self.boolean(name, value)
            default: continue
            }
        }
    }

    private static func choice<Choice: RawRepresentable<String>>(
        _ name: String, _ value: String, _ allowed: [String]
    ) throws(APIError) -> Choice {
        if let choice = Choice(rawValue: value) { return choice }
        let list = allowed.map { "\"\($0)\"" }.joined(separator: ", ")
        throw .badRequest("\(name): Unsupported value: \"\(value)\": supported values: \(list)")
    }

    private static func integer(_ name: String, _ value: String) throws(APIError) -> Int64 {
        guard let number = Int64(value) else {
            throw .badRequest("strconv.ParseInt: parsing \"\(value)\": invalid syntax (\(name))")
        }
        return number
    }

    /// An option without a value is one that is set (`?watch`), as Go's query conversion takes it.
    private static func boolean(_ name: String, _ value: String) throws(APIError) -> Bool {
        switch value.lowercased() {
        case "", "1", "t", "true": true
        case "0", "f", "false": false
        default: throw .badRequest("\(name): \"\(value)\" is neither true nor false")
        }
    }
}
