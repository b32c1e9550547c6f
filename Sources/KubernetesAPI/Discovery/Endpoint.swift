/// One pod behind a service, or another address that takes its connections.
public struct Endpoint: Codable, Sendable, Equatable, Described {
    public var addresses: [String]
    public var conditions: EndpointConditions?
    public var hostname: String?
    public var nodeName: String?
    public var zone: String?
    public var targetRef: ObjectReference?

    public init(
        addresses: [String] = [], conditions: EndpointConditions? = nil, hostname: String? = nil,
        nodeName: String? = nil, zone: String? = nil, targetRef: ObjectReference? = nil
    ) {
        self.addresses = addresses
        self.conditions = conditions
        self.hostname = hostname
        self.nodeName = nodeName
        self.zone = zone
        self.targetRef = targetRef
    }
}

extension Endpoint {
    public static let schema = Schema(
        "io.k8s.api.discovery.v1.Endpoint",
        "One pod behind a service, or another address that takes its connections.",
        [
            .field("addresses", .array(.string), "Its addresses; the first is used.", required: true, present: true),
            .field("conditions", .object(EndpointConditions.self), "Whether it takes connections."),
            .field("hostname", .string, "The pod's own name within the service."),
            .field("nodeName", .string, "The node that it is on."),
            .field("zone", .string, "The zone that it is in."),
            .field("targetRef", .object(ObjectReference.self), "The pod that it belongs to."),
            .refused("deprecatedTopology"),
            .refused("hints"),
        ])
}

/// Whether an endpoint takes connections.
public struct EndpointConditions: Codable, Sendable, Equatable, Described {
    public var ready: Bool?
    public var serving: Bool?
    public var terminating: Bool?

    public init(
        ready: Bool? = nil, serving: Bool? = nil, terminating: Bool? = nil
    ) {
        self.ready = ready
        self.serving = serving
        self.terminating = terminating
    }
}

extension EndpointConditions {
    public static let schema = Schema(
        "io.k8s.api.discovery.v1.EndpointConditions",
        "Whether an endpoint takes connections.",
        [
            .field("ready", .boolean, "It takes new connections; unknown counts as true."),
            .field("serving", .boolean, "It answers, even if it is about to end."),
            .field("terminating", .boolean, "It is about to end."),
        ])
}
