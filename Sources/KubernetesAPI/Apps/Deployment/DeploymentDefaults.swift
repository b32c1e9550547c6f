/// Source: pkg/apis/apps/v1/defaults.go (v1.33).
extension Deployment {
    public var initialStatus: DeploymentStatus { DeploymentStatus() }
    public static var countsGenerations: Bool { true }

    /// Annotations count too: its revision and change cause are among them.
    public func wantsSomethingElse(than old: Deployment) -> Bool {
        spec != old.spec || (metadata.annotations ?? [:]) != (old.metadata.annotations ?? [:])
    }

    public mutating func applyDefaults() {
        if spec.replicas == nil { spec.replicas = 1 }
        spec.template.applyDefaults()
        spec.strategy.applyDefaults()
        if spec.revisionHistoryLimit == nil { spec.revisionHistoryLimit = 10 }
        if spec.progressDeadlineSeconds == nil { spec.progressDeadlineSeconds = 600 }
    }
}

extension DeploymentStrategy {
    fileprivate mutating func applyDefaults() {
        type.setIfEmpty("RollingUpdate")
        guard type == "RollingUpdate" else { return }
        var update = rollingUpdate ?? RollingUpdateDeployment()
        if update.maxUnavailable == nil { update.maxUnavailable = "25%" }
        if update.maxSurge == nil { update.maxSurge = "25%" }
        rollingUpdate = update
    }
}
