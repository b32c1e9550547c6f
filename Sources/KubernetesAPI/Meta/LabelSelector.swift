/// Chooses objects by their labels; all parts must hold, and none chooses everything.
public struct LabelSelector: Codable, Sendable, Equatable, Described {
    public var matchLabels: [String: String]?
    public var matchExpressions: [LabelSelectorRequirement]?

    public init(matchLabels: [String: String]? = nil, matchExpressions: [LabelSelectorRequirement]? = nil) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }
}

extension LabelSelector {
    public static let schema = Schema(
        "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector",
        "Chooses objects by their labels; all parts must hold, and none chooses everything.",
        [
            .field("matchLabels", .map(.string), "Labels with exactly these values."),
            .field("matchExpressions", .array(.object(LabelSelectorRequirement.self)), "Further conditions."),
        ])
}

/// A condition on one label.
public struct LabelSelectorRequirement: Codable, Sendable, Equatable, Described {
    public var key: String
    public var `operator`: String
    public var values: [String]?

    public init(key: String, operator: String, values: [String]? = nil) {
        self.key = key
        self.`operator` = `operator`
        self.values = values
    }
}

extension LabelSelectorRequirement {
    public static let schema = Schema(
        "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement",
        "A condition on one label.",
        [
            .field("key", .string, "The label.", required: true, present: true),
            .field("operator", .string, "In, NotIn, Exists or DoesNotExist.", required: true, present: true),
            .field("values", .array(.string), "The values, for In and NotIn."),
        ])
}
