import Client
import KubernetesAPI

/// How an object is to be deleted. Source: meta/v1 DeleteOptions.
struct DeleteRequest: Sendable {
    enum Propagation: String, Sendable {
        case background = "Background"
        case foreground = "Foreground"
        case orphan = "Orphan"
    }

    /// Seconds; nil leaves it to the object.
    var gracePeriod: Int64?
    /// Nil keeps what finalizers say already.
    var propagation: Propagation?
    var uid: String?
    var resourceVersion: String?
    var dryRun = false

    init() {}

    init(_ options: DeleteOptions) throws(APIError) {
        gracePeriod = options.gracePeriodSeconds
        uid = options.uid
        resourceVersion = options.resourceVersion
        propagation = try Self.propagation(options.propagationPolicy)
        try check()
    }

    /// From a request's body where it has one, else from its query.
    init(_ request: ResourceRequest) throws(APIError) {
        var body: DeleteOptionsBody?
        if !request.body.isEmpty {
            try ObjectBody<DeleteOptionsBody>.checkContentType(request.contentType)
            do {
                let value = try JSONParser.parse(request.body).value
                body = try FieldCheck(value, against: DeleteOptionsBody.self).value.decode(DeleteOptionsBody.self)
            } catch {
                throw .badRequest("the delete options cannot be read: \(error)")
            }
        }
        try self.init(body, request.options)
    }

    init(_ body: DeleteOptionsBody?, _ options: RequestOptions) throws(APIError) {
        gracePeriod = body?.gracePeriodSeconds ?? options.gracePeriodSeconds
        uid = body?.preconditions?.uid
        resourceVersion = body?.preconditions?.resourceVersion
        if let dryRun = body?.dryRun, !dryRun.isEmpty {
            guard dryRun == ["All"] else { throw .badRequest("dryRun: Unsupported value: supported values: \"All\"") }
            self.dryRun = true
        }
        if options.dryRun { dryRun = true }
        let policy = body?.propagationPolicy ?? options.propagationPolicy
        if let orphan = body?.orphanDependents ?? options.orphanDependents {
            guard policy == nil else {
                throw .badRequest("orphanDependents and propagationPolicy cannot be both set")
            }
            propagation = orphan ? .orphan : .background
        } else {
            propagation = try Self.propagation(policy)
        }
        try check()
    }

    private static func propagation(_ text: String?) throws(APIError) -> Propagation? {
        guard let text, !text.isEmpty else { return nil }
        guard let policy = Propagation(rawValue: text) else {
            throw .badRequest(
                "invalid propagationPolicy \"\(text)\": supported values: \"Background\", \"Foreground\", \"Orphan\"")
        }
        return policy
    }

    private func check() throws(APIError) {
        if let gracePeriod, gracePeriod < 0 {
            throw .badRequest("gracePeriodSeconds: Invalid value: \(gracePeriod): must be greater than or equal to 0")
        }
    }
}

/// The body of a delete.
struct DeleteOptionsBody: Codable, Sendable, Described {
    struct Preconditions: Codable, Sendable, Described {
        var uid: String?
        var resourceVersion: String?

        static let schema = Schema(
            "io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions", "What must hold for a delete.",
            [
                .field("uid", .string, "The object's uid."),
                .field("resourceVersion", .string, "The object's revision."),
            ])
    }

    var gracePeriodSeconds: Int64?
    var propagationPolicy: String?
    var orphanDependents: Bool?
    var preconditions: Preconditions?
    var dryRun: [String]?

    static let schema = Schema(
        "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions", "How an object is to be deleted.",
        [
            .field("kind", .string, "DeleteOptions."), .field("apiVersion", .string, "v1."),
            .field("gracePeriodSeconds", .int64, "Seconds that the object may take to end."),
            .field(
                "propagationPolicy", .string, "What becomes of dependents.",
                allowed: ["Background", "Foreground", "Orphan"]),
            .field("orphanDependents", .boolean, "Older form of propagationPolicy."),
            .field("preconditions", .object(Preconditions.self), "What must hold for the delete."),
            .field("dryRun", .array(.string), "All: do everything but the write."),
        ])
}
