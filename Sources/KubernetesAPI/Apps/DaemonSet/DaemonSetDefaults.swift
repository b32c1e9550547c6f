/// Source: pkg/apis/apps/v1/defaults.go (v1.33).
extension DaemonSet {
    public var initialStatus: DaemonSetStatus { DaemonSetStatus() }
    public static var countsGenerations: Bool { true }

    public mutating func applyDefaults() {
        spec.template.applyDefaults()
        spec.updateStrategy.type.setIfEmpty("RollingUpdate")
        if spec.updateStrategy.type == "RollingUpdate" {
            var update = spec.updateStrategy.rollingUpdate ?? RollingUpdateDaemonSet()
            if update.maxUnavailable == nil { update.maxUnavailable = 1 }
            if update.maxSurge == nil { update.maxSurge = 0 }
            spec.updateStrategy.rollingUpdate = update
        }
        if spec.revisionHistoryLimit == nil { spec.revisionHistoryLimit = 10 }
    }
}
