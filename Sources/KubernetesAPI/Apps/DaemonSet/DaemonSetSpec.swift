/// What a DaemonSet is to run on every node.
public struct DaemonSetSpec: Codable, Sendable, Equatable, Described {
    public var selector: LabelSelector
    public var template: PodTemplateSpec
    public var updateStrategy: DaemonSetUpdateStrategy
    public var minReadySeconds: Int32?
    public var revisionHistoryLimit: Int32?

    public init(
        selector: LabelSelector, template: PodTemplateSpec,
        updateStrategy: DaemonSetUpdateStrategy = DaemonSetUpdateStrategy(), minReadySeconds: Int32? = nil,
        revisionHistoryLimit: Int32? = nil
    ) {
        self.selector = selector
        self.template = template
        self.updateStrategy = updateStrategy
        self.minReadySeconds = minReadySeconds
        self.revisionHistoryLimit = revisionHistoryLimit
    }
}

extension DaemonSetSpec {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.DaemonSetSpec",
        "What a DaemonSet is to run on every node.",
        [
            .field(
                "selector", .object(LabelSelector.self),
                "Which pods are its own; must match the template's labels, and never changes.",
                required: true, present: true),
            .field(
                "template", .object(PodTemplateSpec.self),
                "What the pods look like; its node selector chooses the nodes.", required: true, present: true),
            .field(
                "updateStrategy", .object(DaemonSetUpdateStrategy.self),
                "How old pods give way to new ones.", present: true),
            .field(
                "minReadySeconds", .int32,
                "Seconds that a new pod must be ready before it counts as available. Default: 0."),
            .field("revisionHistoryLimit", .int32, "How many old revisions are kept for a rollback. Default: 10."),
        ])
}

/// How a DaemonSet's old pods give way to new ones.
public struct DaemonSetUpdateStrategy: Codable, Sendable, Equatable, Described {
    public var type: String?
    public var rollingUpdate: RollingUpdateDaemonSet?

    public init(type: String? = nil, rollingUpdate: RollingUpdateDaemonSet? = nil) {
        self.type = type
        self.rollingUpdate = rollingUpdate
    }
}

extension DaemonSetUpdateStrategy {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.DaemonSetUpdateStrategy",
        "How a DaemonSet's old pods give way to new ones.",
        [
            .field(
                "type", .string, "RollingUpdate, or OnDelete: when somebody deletes them. Default: RollingUpdate.",
                allowed: ["OnDelete", "RollingUpdate"]),
            .field("rollingUpdate", .object(RollingUpdateDaemonSet.self), "For RollingUpdate alone."),
        ])
}

/// The bounds of a DaemonSet's rolling update.
public struct RollingUpdateDaemonSet: Codable, Sendable, Equatable, Described {
    public var maxUnavailable: IntOrString?
    public var maxSurge: IntOrString?

    public init(maxUnavailable: IntOrString? = nil, maxSurge: IntOrString? = nil) {
        self.maxUnavailable = maxUnavailable
        self.maxSurge = maxSurge
    }
}

extension RollingUpdateDaemonSet {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.RollingUpdateDaemonSet",
        "The bounds of a DaemonSet's rolling update.",
        [
            .field(
                "maxUnavailable", .intOrString,
                "How many nodes may be without a pod, as a number or a percentage rounded up. Default: 1."),
            .field(
                "maxSurge", .intOrString,
                "How many nodes may run an old pod beside a new one, as a number or a percentage rounded up. Default: 0."
            ),
        ])
}
