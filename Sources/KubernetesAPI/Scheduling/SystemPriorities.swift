/// The classes that every cluster has, for what the cluster itself needs.
/// Source: pkg/apis/scheduling/v1/helpers.go (v1.33).
extension PriorityClass {
    /// What users may give at most; above are the system's own.
    public static let highestOfUsers: Int32 = 1_000_000_000

    static let systemPrefix = "system-"

    public static let system: [PriorityClass] = [
        PriorityClass(
            metadata: ObjectMeta(name: "system-node-critical"), value: 2_000_001_000,
            description: "For pods that the cluster needs and that must stay on their node."),
        PriorityClass(
            metadata: ObjectMeta(name: "system-cluster-critical"), value: 2_000_000_000,
            description: "For pods that the cluster needs and that may move to another node."),
    ]

    public var isSystem: Bool { Self.system.contains { $0.metadata.name == metadata.name } }
}
