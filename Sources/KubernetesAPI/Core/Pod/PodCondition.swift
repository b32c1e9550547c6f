/// Something that holds of a pod or does not.
public struct PodCondition: Codable, Sendable, Equatable, Described {
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

extension PodCondition {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodCondition",
        "Something that holds of a pod or does not.",
        [
            .field(
                "type", .string,
                "PodScheduled, Initialized, ContainersReady, Ready, ...", required: true, present: true),
            .field("status", .string, "True, False or Unknown.", required: true, present: true),
            .field("lastProbeTime", .time, "When it was last looked at."),
            .field("lastTransitionTime", .time, "When the status last changed."),
            .field("reason", .string, "Why, in one word."),
            .field("message", .string, "Why, for people."),
            .dropped("observedGeneration", "Not observed by swiftlet."),
        ])
}

extension PodCondition {
    /// Why a pod is a `DisruptionTarget` whose node ends it, as before the machine goes down.
    public static let terminationByKubelet = "TerminationByKubelet"
}

extension Pod {
    /// Its node is ending it: like a pod that is being deleted it is to get no further connections.
    public var endsWithItsNode: Bool {
        status.conditions?.contains {
            $0.type == "DisruptionTarget" && $0.status == "True" && $0.reason == PodCondition.terminationByKubelet
        } ?? false
    }
}
