/// What storage was given.
public struct PersistentVolumeClaimStatus: Codable, Sendable, Equatable, Described {
    public var phase: String?
    public var accessModes: [String]?
    public var capacity: [String: Quantity]?
    public var conditions: [PersistentVolumeClaimCondition]?

    public init(
        phase: String? = nil, accessModes: [String]? = nil, capacity: [String: Quantity]? = nil,
        conditions: [PersistentVolumeClaimCondition]? = nil
    ) {
        self.phase = phase
        self.accessModes = accessModes
        self.capacity = capacity
        self.conditions = conditions
    }
}

extension PersistentVolumeClaimStatus {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PersistentVolumeClaimStatus",
        "What storage was given.",
        [
            .field("phase", .string, "Where the claim is in its life.", allowed: ["Pending", "Bound", "Lost"]),
            .field("accessModes", .array(.string), "The access modes of the volume."),
            .field("capacity", .map(.quantity), "What the volume holds."),
            .field(
                "conditions", .array(.object(PersistentVolumeClaimCondition.self)),
                "What holds of the claim.", mergeKey: "type"),
            .dropped("allocatedResources", "Not observed by swiftlet."),
            .dropped("allocatedResourceStatuses", "Not observed by swiftlet."),
            .dropped("currentVolumeAttributesClassName", "Not observed by swiftlet."),
            .dropped("modifyVolumeStatus", "Not observed by swiftlet."),
        ])
}

/// Something that holds of a claim or does not.
public struct PersistentVolumeClaimCondition: Codable, Sendable, Equatable, Described {
    public var type: String
    public var status: String
    public var lastProbeTime: Time?
    public var lastTransitionTime: Time?
    public var reason: String?
    public var message: String?

    public init(
        type: String, status: String, lastProbeTime: Time? = nil, lastTransitionTime: Time? = nil,
        reason: String? = nil, message: String? = nil
    ) {
        self.type = type
        self.status = status
        self.lastProbeTime = lastProbeTime
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}

extension PersistentVolumeClaimCondition {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PersistentVolumeClaimCondition",
        "Something that holds of a claim or does not.",
        [
            .field("type", .string, "Such as Resizing.", required: true, present: true),
            .field("status", .string, "True, False or Unknown.", required: true, present: true),
            .field("lastProbeTime", .time, "When it was last looked at."),
            .field("lastTransitionTime", .time, "When the status last changed."),
            .field("reason", .string, "Why, in one word."),
            .field("message", .string, "Why, for people."),
        ])
}
