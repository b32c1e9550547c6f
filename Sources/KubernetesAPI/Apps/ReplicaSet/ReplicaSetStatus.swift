/// What was last observed of a ReplicaSet.
public struct ReplicaSetStatus: Codable, Sendable, Equatable, Described {
    public var replicas: Int32
    public var fullyLabeledReplicas: Int32?
    public var readyReplicas: Int32?
    public var availableReplicas: Int32?
    public var observedGeneration: Int64?
    public var conditions: [ReplicaSetCondition]?

    public init(
        replicas: Int32 = 0, fullyLabeledReplicas: Int32? = nil, readyReplicas: Int32? = nil,
        availableReplicas: Int32? = nil, observedGeneration: Int64? = nil, conditions: [ReplicaSetCondition]? = nil
    ) {
        self.replicas = replicas
        self.fullyLabeledReplicas = fullyLabeledReplicas
        self.readyReplicas = readyReplicas
        self.availableReplicas = availableReplicas
        self.observedGeneration = observedGeneration
        self.conditions = conditions
    }
}

extension ReplicaSetStatus {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.ReplicaSetStatus",
        "What was last observed of a ReplicaSet.",
        [
            .field("replicas", .int32, "Its pods.", required: true, present: true),
            .field("fullyLabeledReplicas", .int32, "Its pods with all labels of the template."),
            .field("readyReplicas", .int32, "Its pods that are ready."),
            .field("availableReplicas", .int32, "Its pods that have been ready for minReadySeconds."),
            .field("observedGeneration", .int64, "The generation that this status is about."),
            .field("conditions", .array(.object(ReplicaSetCondition.self)), "What holds of it.", mergeKey: "type"),
            .dropped("terminatingReplicas", "Not observed by swiftlet."),
        ])
}

/// Something that holds of a ReplicaSet or does not.
public struct ReplicaSetCondition: Codable, Sendable, Equatable, Described {
    public var type: String
    public var status: String
    public var lastTransitionTime: Time?
    public var reason: String?
    public var message: String?

    public init(
        type: String, status: String, lastTransitionTime: Time? = nil, reason: String? = nil, message: String? = nil
    ) {
        self.type = type
        self.status = status
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}

extension ReplicaSetCondition {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.ReplicaSetCondition",
        "Something that holds of a ReplicaSet or does not.",
        [
            .field("type", .string, "ReplicaFailure.", required: true, present: true),
            .field("status", .string, "True, False or Unknown.", required: true, present: true),
            .field("lastTransitionTime", .time, "When the status last changed."),
            .field("reason", .string, "Why, in one word."),
            .field("message", .string, "Why, for people."),
        ])
}
