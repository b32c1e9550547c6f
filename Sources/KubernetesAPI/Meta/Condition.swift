/// Something that holds of an object or does not, in the form that newer kinds share. Source: meta/v1 Condition.
public struct Condition: Codable, Sendable, Equatable, Described {
    public var type: String
    /// `True`, `False` or `Unknown`.
    public var status: String
    /// The generation that it was found for.
    public var observedGeneration: Int64?
    public var lastTransitionTime: Time?
    public var reason: String
    public var message: String

    public init(
        type: String, status: String, observedGeneration: Int64? = nil, lastTransitionTime: Time? = nil,
        reason: String = "", message: String = ""
    ) {
        self.type = type
        self.status = status
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}

extension Condition {
    public static let schema = Schema(
        "io.k8s.apimachinery.pkg.apis.meta.v1.Condition",
        "Something that holds of an object or does not.",
        [
            .field("type", .string, "What may hold.", required: true, present: true),
            .field("status", .string, "True, False or Unknown.", required: true, present: true),
            .field("observedGeneration", .int64, "The generation that it was found for."),
            .field("lastTransitionTime", .time, "When the status last changed.", required: true),
            .field("reason", .string, "Why, in one word.", required: true, present: true),
            .field("message", .string, "Why, for people.", required: true, present: true),
        ])
}

extension [Condition] {
    /// Replaces the condition of that type, or adds it; the time moves only with the status.
    /// Source: apimachinery api/meta SetStatusCondition.
    public mutating func set(_ condition: Condition, now: Time) {
        var condition = condition
        guard let index = firstIndex(where: { $0.type == condition.type }) else {
            condition.lastTransitionTime = now
            append(condition)
            return
        }
        condition.lastTransitionTime =
            self[index].status == condition.status ? self[index].lastTransitionTime ?? now : now
        self[index] = condition
    }
}
