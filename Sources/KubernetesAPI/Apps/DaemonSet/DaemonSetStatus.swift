/// What was last observed of a DaemonSet.
public struct DaemonSetStatus: Codable, Sendable, Equatable, Described {
    public var currentNumberScheduled: Int32
    public var numberMisscheduled: Int32
    public var desiredNumberScheduled: Int32
    public var numberReady: Int32
    public var observedGeneration: Int64?
    public var updatedNumberScheduled: Int32?
    public var numberAvailable: Int32?
    public var numberUnavailable: Int32?
    public var collisionCount: Int32?

    public init(
        currentNumberScheduled: Int32 = 0, numberMisscheduled: Int32 = 0, desiredNumberScheduled: Int32 = 0,
        numberReady: Int32 = 0, observedGeneration: Int64? = nil, updatedNumberScheduled: Int32? = nil,
        numberAvailable: Int32? = nil, numberUnavailable: Int32? = nil, collisionCount: Int32? = nil
    ) {
        self.currentNumberScheduled = currentNumberScheduled
        self.numberMisscheduled = numberMisscheduled
        self.desiredNumberScheduled = desiredNumberScheduled
        self.numberReady = numberReady
        self.observedGeneration = observedGeneration
        self.updatedNumberScheduled = updatedNumberScheduled
        self.numberAvailable = numberAvailable
        self.numberUnavailable = numberUnavailable
        self.collisionCount = collisionCount
    }
}

extension DaemonSetStatus {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.DaemonSetStatus",
        "What was last observed of a DaemonSet.",
        [
            .field(
                "currentNumberScheduled", .int32, "Nodes that should run a pod and have one.",
                required: true, present: true),
            .field(
                "numberMisscheduled", .int32, "Nodes that have a pod and should not.", required: true, present: true),
            .field("desiredNumberScheduled", .int32, "Nodes that should run a pod.", required: true, present: true),
            .field("numberReady", .int32, "Nodes whose pod is ready.", required: true, present: true),
            .field("observedGeneration", .int64, "The generation that this status is about."),
            .field("updatedNumberScheduled", .int32, "Nodes whose pod is of the newest version."),
            .field("numberAvailable", .int32, "Nodes whose pod has been ready for minReadySeconds."),
            .field("numberUnavailable", .int32, "Nodes that should have such a pod and have none."),
            .field("collisionCount", .int32, "How often the name of a revision was taken."),
            .dropped("conditions", "Kubernetes sets none either."),
        ])
}
