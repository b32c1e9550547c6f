/// How a machine is to be used.
public struct NodeSpec: Codable, Sendable, Equatable, Described {
    public var podCIDR: String?
    public var podCIDRs: [String]?
    public var providerID: String?
    public var unschedulable: Bool?
    public var taints: [Taint]?

    public init(
        podCIDR: String? = nil, podCIDRs: [String]? = nil, providerID: String? = nil, unschedulable: Bool? = nil,
        taints: [Taint]? = nil
    ) {
        self.podCIDR = podCIDR
        self.podCIDRs = podCIDRs
        self.providerID = providerID
        self.unschedulable = unschedulable
        self.taints = taints
    }
}

extension NodeSpec {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NodeSpec",
        "How a machine is to be used.",
        [
            .field("podCIDR", .string, "The addresses that its pods get."),
            .field("podCIDRs", .array(.string), "The same as a list.", mergesAsSet: true),
            .field("providerID", .string, "The machine's identity at whoever provides it."),
            .field("unschedulable", .boolean, "Whether new pods are kept away (kubectl cordon)."),
            .field("taints", .array(.object(Taint.self)), "What keeps pods away that do not tolerate it."),
            .refused("configSource"),
            .refused("externalID"),
        ])
}

/// Keeps pods away from a node unless they tolerate it.
public struct Taint: Codable, Sendable, Equatable, Hashable, Described {
    public var key: String
    public var value: String?
    public var effect: String
    public var timeAdded: Time?

    public init(key: String, value: String? = nil, effect: String, timeAdded: Time? = nil) {
        self.key = key
        self.value = value
        self.effect = effect
        self.timeAdded = timeAdded
    }
}

extension Taint {
    public static let schema = Schema(
        "io.k8s.api.core.v1.Taint",
        "Keeps pods away from a node unless they tolerate it.",
        [
            .field("key", .string, "Its key.", required: true, present: true),
            .field("value", .string, "Its value."),
            .field(
                "effect", .string,
                "What it does to pods that do not tolerate it.",
                required: true, present: true, allowed: ["NoSchedule", "PreferNoSchedule", "NoExecute"]),
            .field("timeAdded", .time, "When it was set, for NoExecute."),
        ])
}
