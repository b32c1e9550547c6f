/// How evenly pods are to be spread over the values of a node label.
public struct TopologySpreadConstraint: Codable, Sendable, Equatable, Described {
    public var maxSkew: Int32
    public var topologyKey: String
    public var whenUnsatisfiable: String
    public var labelSelector: LabelSelector?
    public var minDomains: Int32?
    public var nodeAffinityPolicy: String?
    public var nodeTaintsPolicy: String?
    public var matchLabelKeys: [String]?

    public init(
        maxSkew: Int32, topologyKey: String, whenUnsatisfiable: String, labelSelector: LabelSelector? = nil,
        minDomains: Int32? = nil, nodeAffinityPolicy: String? = nil, nodeTaintsPolicy: String? = nil,
        matchLabelKeys: [String]? = nil
    ) {
        self.maxSkew = maxSkew
        self.topologyKey = topologyKey
        self.whenUnsatisfiable = whenUnsatisfiable
        self.labelSelector = labelSelector
        self.minDomains = minDomains
        self.nodeAffinityPolicy = nodeAffinityPolicy
        self.nodeTaintsPolicy = nodeTaintsPolicy
        self.matchLabelKeys = matchLabelKeys
    }
}

extension TopologySpreadConstraint {
    public static let schema = Schema(
        "io.k8s.api.core.v1.TopologySpreadConstraint",
        "How evenly pods are to be spread over the values of a node label.",
        [
            .field(
                "maxSkew", .int32,
                "How many more pods than the emptiest value any value may have.", required: true, present: true),
            .field("topologyKey", .string, "The node label.", required: true, present: true),
            .field(
                "whenUnsatisfiable", .string,
                "Whether a pod that cannot be spread so waits, or goes where it is least uneven.",
                required: true, present: true, allowed: ["DoNotSchedule", "ScheduleAnyway"]),
            .field("labelSelector", .object(LabelSelector.self), "The pods that are counted, of the pod's namespace."),
            .field(
                "minDomains", .int32, "With fewer values than this the emptiest counts as having no pods. Default: 1."),
            .field(
                "nodeAffinityPolicy", .string,
                "Whether nodes that the pod does not select are left out. Default: Honor.",
                allowed: ["Honor", "Ignore"]),
            .field(
                "nodeTaintsPolicy", .string,
                "Whether nodes with taints that the pod does not tolerate are left out. Default: Ignore.",
                allowed: ["Honor", "Ignore"]),
            .field(
                "matchLabelKeys", .array(.string),
                "Labels whose value must be that of the pod itself, such as pod-template-hash."),
        ])
}
