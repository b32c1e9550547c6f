/// What was last observed of a Deployment.
public struct DeploymentStatus: Codable, Sendable, Equatable, Described {
    public var observedGeneration: Int64?
    public var replicas: Int32?
    public var updatedReplicas: Int32?
    public var readyReplicas: Int32?
    public var availableReplicas: Int32?
    public var unavailableReplicas: Int32?
    public var conditions: [DeploymentCondition]?
    public var collisionCount: Int32?

    public init(
        observedGeneration: Int64? = nil, replicas: Int32? = nil, updatedReplicas: Int32? = nil,
        readyReplicas: Int32? = nil, availableReplicas: Int32? = nil, unavailableReplicas: Int32? = nil,
        conditions: [DeploymentCondition]? = nil, collisionCount: Int32? = nil
    ) {
        self.observedGeneration = observedGeneration
        self.replicas = replicas
        self.updatedReplicas = updatedReplicas
        self.readyReplicas = readyReplicas
        self.availableReplicas = availableReplicas
        self.unavailableReplicas = unavailableReplicas
        self.conditions = conditions
        self.collisionCount = collisionCount
    }
}

extension DeploymentStatus {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.DeploymentStatus",
        "What was last observed of a Deployment.",
        [
            .field("observedGeneration", .int64, "The generation that this status is about."),
            .field("replicas", .int32, "Its pods, of all versions."),
            .field("updatedReplicas", .int32, "Its pods of the newest version."),
            .field("readyReplicas", .int32, "Its pods that are ready."),
            .field("availableReplicas", .int32, "Its pods that have been ready for minReadySeconds."),
            .field("unavailableReplicas", .int32, "The pods that are still missing."),
            .field("conditions", .array(.object(DeploymentCondition.self)), "What holds of it.", mergeKey: "type"),
            .field("collisionCount", .int32, "How often the name of a ReplicaSet was taken."),
            .dropped("terminatingReplicas", "Not observed by swiftlet."),
        ])
}

/// Something that holds of a Deployment or does not.
public struct DeploymentCondition: Codable, Sendable, Equatable, Described {
    public var type: String
    public var status: String
    public var lastUpdateTime: Time?
    public var lastTransitionTime: Time?
    public var reason: String?
    public var message: String?

    public init(
        type: String, status: String, lastUpdateTime: Time? = nil, lastTransitionTime: Time? = nil,
        reason: String? = nil, message: String? = nil
    ) {
        self.type = type
        self.status = status
        self.lastUpdateTime = lastUpdateTime
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}

extension DeploymentCondition {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.DeploymentCondition",
        "Something that holds of a Deployment or does not.",
        [
            .field("type", .string, "Available, Progressing or ReplicaFailure.", required: true, present: true),
            .field("status", .string, "True, False or Unknown.", required: true, present: true),
            .field("lastUpdateTime", .time, "When it was last written."),
            .field("lastTransitionTime", .time, "When the status last changed."),
            .field("reason", .string, "Why, in one word."),
            .field("message", .string, "Why, for people."),
        ])
}
