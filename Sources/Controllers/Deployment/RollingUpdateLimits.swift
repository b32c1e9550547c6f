import KubernetesAPI

/// The two bounds of a rolling update, in pods.
/// Source: kubernetes/kubernetes pkg/controller/deployment/util, ResolveFenceposts.
struct RollingUpdateLimits: Equatable {
    /// How many pods may exist beyond `spec.replicas`.
    var maxSurge = 0
    /// How many of `spec.replicas` may be missing.
    var maxUnavailable = 0

    /// Both 0 for any strategy but RollingUpdate.
    init(_ spec: DeploymentSpec) {
        let replicas = spec.desired
        guard spec.isRollingUpdate, replicas > 0 else { return }
        let given = spec.strategy.rollingUpdate
        let quarter = IntOrString.string("25%")
        // A text that is no percentage has been refused by validation, so it counts as 0 here.
        maxSurge = max(0, (given?.maxSurge ?? quarter).scaled(of: replicas, roundUp: true) ?? 0)
        maxUnavailable = max(0, (given?.maxUnavailable ?? quarter).scaled(of: replicas, roundUp: false) ?? 0)
        // Rounding may leave neither; then the update could never take a step.
        if maxSurge == 0, maxUnavailable == 0 { maxUnavailable = 1 }
        maxUnavailable = min(maxUnavailable, replicas)
    }
}

extension DeploymentSpec {
    /// `replicas` with its default.
    var desired: Int { Int(replicas ?? 1) }
    var isPaused: Bool { paused ?? false }
    var isRollingUpdate: Bool { strategy.type != "Recreate" }
    /// Seconds; nil where no progress is expected. The largest 32-bit number means none.
    var progressDeadline: Int64? {
        progressDeadlineSeconds.flatMap { $0 == .max ? nil : Int64($0) }
    }
}

extension ReplicaSet {
    /// `spec.replicas` with its default.
    var desired: Int { Int(spec.replicas ?? 1) }
    var ready: Int { Int(status.readyReplicas ?? 0) }
    var available: Int { Int(status.availableReplicas ?? 0) }
}
