/// Source: pkg/apis/apps/v1/defaults.go (v1.33).
extension ReplicaSet {
    public var initialStatus: ReplicaSetStatus { ReplicaSetStatus() }
    public static var countsGenerations: Bool { true }

    public mutating func applyDefaults() {
        if spec.replicas == nil { spec.replicas = 1 }
        spec.template.applyDefaults()
    }
}
