/// What a Deployment is to run.
public struct DeploymentSpec: Codable, Sendable, Equatable, Described {
    public var replicas: Int32?
    public var selector: LabelSelector
    public var template: PodTemplateSpec
    public var strategy: DeploymentStrategy
    public var minReadySeconds: Int32?
    public var revisionHistoryLimit: Int32?
    public var paused: Bool?
    public var progressDeadlineSeconds: Int32?

    public init(
        replicas: Int32? = nil, selector: LabelSelector, template: PodTemplateSpec,
        strategy: DeploymentStrategy = DeploymentStrategy(), minReadySeconds: Int32? = nil,
        revisionHistoryLimit: Int32? = nil, paused: Bool? = nil, progressDeadlineSeconds: Int32? = nil
    ) {
        self.replicas = replicas
        self.selector = selector
        self.template = template
        self.strategy = strategy
        self.minReadySeconds = minReadySeconds
        self.revisionHistoryLimit = revisionHistoryLimit
        self.paused = paused
        self.progressDeadlineSeconds = progressDeadlineSeconds
    }
}

extension DeploymentSpec {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.DeploymentSpec",
        "What a Deployment is to run.",
        [
            .field("replicas", .int32, "How many pods. Default: 1."),
            .field(
                "selector", .object(LabelSelector.self),
                "Which pods are its own; must match the template's labels, and never changes.",
                required: true, present: true),
            .field(
                "template", .object(PodTemplateSpec.self),
                "What the pods look like.", required: true, present: true),
            .field(
                "strategy", .object(DeploymentStrategy.self),
                "How old pods give way to new ones.", present: true, retainKeys: true),
            .field(
                "minReadySeconds", .int32,
                "Seconds that a new pod must be ready before it counts as available. Default: 0."),
            .field("revisionHistoryLimit", .int32, "How many old ReplicaSets are kept for a rollback. Default: 10."),
            .field("paused", .boolean, "Whether changes of the template wait."),
            .field(
                "progressDeadlineSeconds", .int32,
                "Seconds without progress after which the rollout counts as failed. Default: 600."),
        ])
}

/// How old pods give way to new ones.
public struct DeploymentStrategy: Codable, Sendable, Equatable, Described {
    public var type: String?
    public var rollingUpdate: RollingUpdateDeployment?

    public init(type: String? = nil, rollingUpdate: RollingUpdateDeployment? = nil) {
        self.type = type
        self.rollingUpdate = rollingUpdate
    }
}

extension DeploymentStrategy {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.DeploymentStrategy",
        "How old pods give way to new ones.",
        [
            .field("type", .string, "Default: RollingUpdate.", allowed: ["Recreate", "RollingUpdate"]),
            .field("rollingUpdate", .object(RollingUpdateDeployment.self), "For RollingUpdate alone."),
        ])
}

/// The bounds of a rolling update.
public struct RollingUpdateDeployment: Codable, Sendable, Equatable, Described {
    public var maxUnavailable: IntOrString?
    public var maxSurge: IntOrString?

    public init(maxUnavailable: IntOrString? = nil, maxSurge: IntOrString? = nil) {
        self.maxUnavailable = maxUnavailable
        self.maxSurge = maxSurge
    }
}

extension RollingUpdateDeployment {
    public static let schema = Schema(
        "io.k8s.api.apps.v1.RollingUpdateDeployment",
        "The bounds of a rolling update.",
        [
            .field(
                "maxUnavailable", .intOrString,
                "How many pods may be missing, as a number or a percentage rounded down. Default: 25%."),
            .field(
                "maxSurge", .intOrString,
                "How many pods may be too many, as a number or a percentage rounded up. Default: 25%."),
        ])
}
