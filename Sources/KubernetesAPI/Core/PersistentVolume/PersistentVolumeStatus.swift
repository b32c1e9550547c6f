/// Whether a claim has a volume.
public struct PersistentVolumeStatus: Codable, Sendable, Equatable, Described {
    public var phase: String?
    public var message: String?
    public var reason: String?
    public var lastPhaseTransitionTime: Time?

    public init(
        phase: String? = nil, message: String? = nil, reason: String? = nil, lastPhaseTransitionTime: Time? = nil
    ) {
        self.phase = phase
        self.message = message
        self.reason = reason
        self.lastPhaseTransitionTime = lastPhaseTransitionTime
    }
}

extension PersistentVolumeStatus {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PersistentVolumeStatus",
        "Whether a claim has a volume.",
        [
            .field(
                "phase", .string,
                "Where it is in its life.", allowed: ["Pending", "Available", "Bound", "Released", "Failed"]),
            .field("message", .string, "Why, for people."),
            .field("reason", .string, "Why, in one word."),
            .field("lastPhaseTransitionTime", .time, "When the phase last changed."),
        ])
}
