/// Chooses nodes; one of its terms must hold.
public struct NodeSelector: Codable, Sendable, Equatable, Described {
    public var nodeSelectorTerms: [NodeSelectorTerm]

    public init(nodeSelectorTerms: [NodeSelectorTerm] = []) {
        self.nodeSelectorTerms = nodeSelectorTerms
    }
}

extension NodeSelector {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NodeSelector",
        "Chooses nodes; one of its terms must hold.",
        [
            .field(
                "nodeSelectorTerms", .array(.object(NodeSelectorTerm.self)),
                "The terms; at least one.", required: true, present: true)
        ])
}

/// Conditions on one node, all of which must hold; a term without any chooses nothing.
public struct NodeSelectorTerm: Codable, Sendable, Equatable, Described {
    public var matchExpressions: [NodeSelectorRequirement]?
    public var matchFields: [NodeSelectorRequirement]?

    public init(
        matchExpressions: [NodeSelectorRequirement]? = nil, matchFields: [NodeSelectorRequirement]? = nil
    ) {
        self.matchExpressions = matchExpressions
        self.matchFields = matchFields
    }
}

extension NodeSelectorTerm {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NodeSelectorTerm",
        "Conditions on one node, all of which must hold; a term without any chooses nothing.",
        [
            .field("matchExpressions", .array(.object(NodeSelectorRequirement.self)), "Conditions on its labels."),
            .field(
                "matchFields", .array(.object(NodeSelectorRequirement.self)),
                "Conditions on its fields; only metadata.name."),
        ])
}

/// A condition on one label or field of a node.
public struct NodeSelectorRequirement: Codable, Sendable, Equatable, Described {
    public var key: String
    public var `operator`: String
    public var values: [String]?

    public init(key: String, operator: String, values: [String]? = nil) {
        self.key = key
        self.`operator` = `operator`
        self.values = values
    }
}

extension NodeSelectorRequirement {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NodeSelectorRequirement",
        "A condition on one label or field of a node.",
        [
            .field("key", .string, "The label or field.", required: true, present: true),
            .field(
                "operator", .string,
                "How it is compared.", required: true, present: true,
                allowed: ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]),
            .field("values", .array(.string), "The values; for Gt and Lt one whole number."),
        ])
}
