/// A name for how much a pod matters beside others.
public struct PriorityClass: APIObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    /// The greater, the more.
    public var value: Int32
    /// Whether pods that name no class are of this one.
    public var globalDefault: Bool?
    public var description: String?
    public var preemptionPolicy: String?

    public init(
        metadata: ObjectMeta = ObjectMeta(), value: Int32, globalDefault: Bool? = nil, description: String? = nil,
        preemptionPolicy: String? = nil
    ) {
        self.metadata = metadata
        self.value = value
        self.globalDefault = globalDefault
        self.description = description
        self.preemptionPolicy = preemptionPolicy
    }
}

extension PriorityClass {
    public static let resource = ResourceType(
        group: "scheduling.k8s.io", kind: "PriorityClass", plural: "priorityclasses", shortNames: ["pc"],
        namespaced: false)

    public static let schema = Schema(
        "io.k8s.api.scheduling.v1.PriorityClass",
        "A name for how much a pod matters beside others.",
        [
            .apiVersion, .kind, .metadata,
            .field("value", .int32, "The priority of the class's pods.", required: true, present: true),
            .field("globalDefault", .boolean, "Whether pods that name no class are of this one; at most one class is."),
            .field("description", .string, "When the class is to be used."),
            .field(
                "preemptionPolicy", .string,
                "Whether its pods may push out pods of lower priority. Default: PreemptLowerPriority.",
                allowed: ["PreemptLowerPriority", "Never"]),
        ])

    /// Source: pkg/printers/internalversion/printers.go (v1.33).
    public static var columns: [TableColumn<PriorityClass>] {
        [
            .name,
            TableColumn("Value", type: "integer", description: "The priority of the class's pods.") { priority, _ in
                .count(priority.value)
            },
            TableColumn("Global-Default", description: "Whether pods that name no class are of this one.") {
                priority, _ in .string(priority.globalDefault == true ? "true" : "false")
            },
            .age,
            TableColumn("PreemptionPolicy", description: "Whether its pods may push out pods of lower priority.") {
                priority, _ in .text(priority.preemptionPolicy)
            },
        ]
    }
}
