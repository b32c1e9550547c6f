/// What a machine's agent last observed.
public struct NodeStatus: Codable, Sendable, Equatable, Described {
    public var capacity: [String: Quantity]?
    public var allocatable: [String: Quantity]?
    public var conditions: [NodeCondition]?
    public var addresses: [NodeAddress]?
    public var daemonEndpoints: NodeDaemonEndpoints
    public var nodeInfo: NodeSystemInfo
    public var images: [ContainerImage]?

    public init(
        capacity: [String: Quantity]? = nil, allocatable: [String: Quantity]? = nil, conditions: [NodeCondition]? = nil,
        addresses: [NodeAddress]? = nil, daemonEndpoints: NodeDaemonEndpoints = NodeDaemonEndpoints(),
        nodeInfo: NodeSystemInfo = NodeSystemInfo(), images: [ContainerImage]? = nil
    ) {
        self.capacity = capacity
        self.allocatable = allocatable
        self.conditions = conditions
        self.addresses = addresses
        self.daemonEndpoints = daemonEndpoints
        self.nodeInfo = nodeInfo
        self.images = images
    }
}

extension NodeStatus {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NodeStatus",
        "What a machine's agent last observed.",
        [
            .field("capacity", .map(.quantity), "What the machine has."),
            .field("allocatable", .map(.quantity), "What pods may use of it."),
            .field("conditions", .array(.object(NodeCondition.self)), "What holds of the machine.", mergeKey: "type"),
            .field("addresses", .array(.object(NodeAddress.self)), "Its addresses.", mergeKey: "type"),
            .field("daemonEndpoints", .object(NodeDaemonEndpoints.self), "The ports of its agent.", present: true),
            .field("nodeInfo", .object(NodeSystemInfo.self), "Its system.", present: true),
            .field("images", .array(.object(ContainerImage.self)), "The images that it holds."),
            .dropped("phase", "Not observed by swiftlet."),
            .dropped("volumesInUse", "Not observed by swiftlet."),
            .dropped("volumesAttached", "Not observed by swiftlet."),
            .dropped("config", "Not observed by swiftlet."),
            .dropped("runtimeHandlers", "Not observed by swiftlet."),
            .dropped("features", "Not observed by swiftlet."),
        ])
}

/// Something that holds of a node or does not.
public struct NodeCondition: Codable, Sendable, Equatable, Described {
    public var type: String
    public var status: String
    public var lastHeartbeatTime: Time?
    public var lastTransitionTime: Time?
    public var reason: String?
    public var message: String?

    public init(
        type: String, status: String, lastHeartbeatTime: Time? = nil, lastTransitionTime: Time? = nil,
        reason: String? = nil, message: String? = nil
    ) {
        self.type = type
        self.status = status
        self.lastHeartbeatTime = lastHeartbeatTime
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}

extension NodeCondition {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NodeCondition",
        "Something that holds of a node or does not.",
        [
            .field("type", .string, "Ready, MemoryPressure, DiskPressure, ...", required: true, present: true),
            .field("status", .string, "True, False or Unknown.", required: true, present: true),
            .field("lastHeartbeatTime", .time, "When it was last looked at."),
            .field("lastTransitionTime", .time, "When the status last changed."),
            .field("reason", .string, "Why, in one word."),
            .field("message", .string, "Why, for people."),
        ])
}

/// An address of a node.
public struct NodeAddress: Codable, Sendable, Equatable, Hashable, Described {
    public var type: String
    public var address: String

    public init(type: String, address: String) {
        self.type = type
        self.address = address
    }
}

extension NodeAddress {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NodeAddress",
        "An address of a node.",
        [
            .field("type", .string, "Hostname, InternalIP, ExternalIP, ...", required: true, present: true),
            .field("address", .string, "The address.", required: true, present: true),
        ])
}
