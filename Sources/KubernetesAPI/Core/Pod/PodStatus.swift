/// What the node last observed of a pod.
public struct PodStatus: Codable, Sendable, Equatable, Described {
    public var phase: String?
    public var conditions: [PodCondition]?
    public var message: String?
    public var reason: String?
    public var nominatedNodeName: String?
    public var hostIP: String?
    public var hostIPs: [HostIP]?
    public var podIP: String?
    public var podIPs: [PodIP]?
    public var startTime: Time?
    public var initContainerStatuses: [ContainerStatus]?
    public var containerStatuses: [ContainerStatus]?
    public var qosClass: String?

    public init(
        phase: String? = nil, conditions: [PodCondition]? = nil, podIP: String? = nil,
        containerStatuses: [ContainerStatus]? = nil
    ) {
        self.phase = phase
        self.conditions = conditions
        self.podIP = podIP
        self.containerStatuses = containerStatuses
    }
}

extension PodStatus {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodStatus",
        "What the node last observed of a pod.",
        [
            .field(
                "phase", .string,
                "Where the pod is in its life.", allowed: ["Pending", "Running", "Succeeded", "Failed", "Unknown"]),
            .field(
                "conditions", .array(.object(PodCondition.self)),
                "What holds of the pod, with reasons.", mergeKey: "type"),
            .field("message", .string, "Why the pod is in this state, for people."),
            .field("reason", .string, "Why the pod is in this state, in one word."),
            .field("nominatedNodeName", .string, "The node where room is being made for the pod."),
            .field("hostIP", .string, "The address of the node."),
            .field("hostIPs", .array(.object(HostIP.self)), "The addresses of the node.", mergeKey: "ip"),
            .field("podIP", .string, "The pod's address."),
            .field("podIPs", .array(.object(PodIP.self)), "The pod's addresses.", mergeKey: "ip"),
            .field("startTime", .time, "When the node took the pod on."),
            .field(
                "initContainerStatuses", .array(.object(ContainerStatus.self)),
                "The init containers' states, in order."),
            .field("containerStatuses", .array(.object(ContainerStatus.self)), "The containers' states."),
            .field(
                "qosClass", .string,
                "How firm the pod's hold on its resources is.", allowed: ["Guaranteed", "Burstable", "BestEffort"]),
            .dropped("ephemeralContainerStatuses", "Not observed by swiftlet."),
            .dropped("observedGeneration", "Not observed by swiftlet."),
            .dropped("resize", "Not observed by swiftlet."),
            .dropped("resourceClaimStatuses", "Not observed by swiftlet."),
        ])
}

/// An address of a pod.
public struct PodIP: Codable, Sendable, Equatable, Described {
    public var ip: String

    public init(ip: String) {
        self.ip = ip
    }
}

extension PodIP {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodIP",
        "An address of a pod.",
        [
            .field("ip", .string, "The address.", required: true, present: true)
        ])
}

/// An address of a node.
public struct HostIP: Codable, Sendable, Equatable, Described {
    public var ip: String

    public init(ip: String) {
        self.ip = ip
    }
}

extension HostIP {
    public static let schema = Schema(
        "io.k8s.api.core.v1.HostIP",
        "An address of a node.",
        [
            .field("ip", .string, "The address.", required: true, present: true)
        ])
}
