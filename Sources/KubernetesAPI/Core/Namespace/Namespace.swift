/// A scope for names.
public struct Namespace: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: NamespaceSpec
    public var status: NamespaceStatus

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: NamespaceSpec = NamespaceSpec(),
        status: NamespaceStatus = NamespaceStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension Namespace {
    public static let resource = ResourceType(
        kind: "Namespace", plural: "namespaces", shortNames: ["ns"], namespaced: false, subresources: [.status])

    public static let schema = Schema(
        "io.k8s.api.core.v1.Namespace",
        "A scope for names.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(NamespaceSpec.self), "Who must let go before it disappears.", present: true),
            .field("status", .object(NamespaceStatus.self), "Whether it is in use or going.", present: true),
        ])
}

/// Who must let go of a namespace before it disappears.
public struct NamespaceSpec: Codable, Sendable, Equatable, Described {
    public var finalizers: [String]?

    public init(finalizers: [String]? = nil) {
        self.finalizers = finalizers
    }
}

extension NamespaceSpec {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NamespaceSpec",
        "Who must let go of a namespace before it disappears.",
        [
            .field("finalizers", .array(.string), "Names of those who clean up.")
        ])
}

/// Whether a namespace is in use or going.
public struct NamespaceStatus: Codable, Sendable, Equatable, Described {
    public var phase: String?
    public var conditions: [NamespaceCondition]?

    public init(phase: String? = nil, conditions: [NamespaceCondition]? = nil) {
        self.phase = phase
        self.conditions = conditions
    }
}

extension NamespaceStatus {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NamespaceStatus",
        "Whether a namespace is in use or going.",
        [
            .field("phase", .string, "Where it is in its life.", allowed: ["Active", "Terminating"]),
            .field("conditions", .array(.object(NamespaceCondition.self)), "What holds of it.", mergeKey: "type"),
        ])
}

/// Something that holds of a namespace or does not.
public struct NamespaceCondition: Codable, Sendable, Equatable, Described {
    public var type: String
    public var status: String
    public var lastTransitionTime: Time?
    public var reason: String?
    public var message: String?

    public init(
        type: String, status: String, lastTransitionTime: Time? = nil, reason: String? = nil, message: String? = nil
    ) {
        self.type = type
        self.status = status
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}

extension NamespaceCondition {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NamespaceCondition",
        "Something that holds of a namespace or does not.",
        [
            .field("type", .string, "Such as NamespaceContentRemaining.", required: true, present: true),
            .field("status", .string, "True, False or Unknown.", required: true, present: true),
            .field("lastTransitionTime", .time, "When the status last changed."),
            .field("reason", .string, "Why, in one word."),
            .field("message", .string, "Why, for people."),
        ])
}
