/// What a container needs, and may use at most.
public struct ResourceRequirements: Codable, Sendable, Equatable, Described {
    public var limits: [String: Quantity]?
    public var requests: [String: Quantity]?

    public init(limits: [String: Quantity]? = nil, requests: [String: Quantity]? = nil) {
        self.limits = limits
        self.requests = requests
    }
}

extension ResourceRequirements {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ResourceRequirements",
        "What a container needs, and may use at most.",
        [
            .field("limits", .map(.quantity), "At most this much of each resource."),
            .field("requests", .map(.quantity), "At least this much of each resource. Default: the limit."),
            .refused("claims"),
        ])
}
