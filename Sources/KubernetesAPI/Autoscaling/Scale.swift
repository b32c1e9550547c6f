/// The number of pods of an object; its scale subresource.
public struct Scale: Codable, Sendable, Equatable, Described {
    public var apiVersion: String? = "autoscaling/v1"
    public var kind: String? = "Scale"
    public var metadata: ObjectMeta
    public var spec: ScaleSpec
    public var status: ScaleStatus

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: ScaleSpec = ScaleSpec(), status: ScaleStatus = ScaleStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension Scale {
    public static let schema = Schema(
        "io.k8s.api.autoscaling.v1.Scale",
        "The number of pods of an object; its scale subresource.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(ScaleSpec.self), "How many there are to be.", present: true),
            .field("status", .object(ScaleStatus.self), "How many there are.", present: true),
        ])
}

/// How many pods there are to be.
public struct ScaleSpec: Codable, Sendable, Equatable, Described {
    public var replicas: Int32?

    public init(replicas: Int32? = nil) {
        self.replicas = replicas
    }
}

extension ScaleSpec {
    public static let schema = Schema(
        "io.k8s.api.autoscaling.v1.ScaleSpec",
        "How many pods there are to be.",
        [
            .field("replicas", .int32, "The number; none means 0.")
        ])
}

/// How many pods there are.
public struct ScaleStatus: Codable, Sendable, Equatable, Described {
    public var replicas: Int32
    public var selector: String?

    public init(replicas: Int32 = 0, selector: String? = nil) {
        self.replicas = replicas
        self.selector = selector
    }
}

extension ScaleStatus {
    public static let schema = Schema(
        "io.k8s.api.autoscaling.v1.ScaleStatus",
        "How many pods there are.",
        [
            .field("replicas", .int32, "The number.", required: true, present: true),
            .field("selector", .string, "The pods' label selector as text."),
        ])
}
