import KubernetesAPI

/// Which representations are taken and given. Objects are given as JSON alone, which every Kubernetes client names at
/// least as its second choice; they are taken as JSON and as protobuf, for which clients have no second choice.
enum Negotiation {
    static let json = "application/json"

    /// The answer's type when nothing in `Accept` is served.
    static let notAcceptable = APIError(
        code: 406, reason: "NotAcceptable",
        message: "only the following media types are accepted: application/json, application/json;stream=watch")

    static func acceptsJSON(_ accept: String?) -> Bool { accepts(accept, json) }

    /// A missing header takes anything.
    static func accepts(_ accept: String?, _ type: String) -> Bool {
        guard let accept, !accept.isEmpty else { return true }
        return MediaRange.list(accept).contains { $0.covers(type) }
    }

    /// A body's types. Patches come with their own, and the registry knows which are applied.
    static func checkBody(_ contentType: String?, patch: Bool) throws(APIError) {
        guard let contentType, let range = MediaRange(contentType) else { return }
        if (patch ? patchTypes : bodyTypes).contains(range.type) { return }
        // curl's default for -d; kubectl and client libraries never send it.
        if !patch && range.type == "application/x-www-form-urlencoded" { return }
        let accepted = (patch ? patchTypes : bodyTypes).joined(separator: ", ")
        throw APIError(
            code: 415, reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format - accepted media types include: \(accepted)")
    }

    private static let bodyTypes = [json, ProtobufBody.contentType]

    private static let patchTypes = [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
    ]

    /// The version of aggregated discovery that the client prefers, or nil for the older, plain lists.
    /// Source: KEP-3352.
    static func aggregatedDiscovery(_ accept: String?) -> String? {
        guard let accept else { return nil }
        for range in MediaRange.list(accept) where range.quality > 0 {
            if range.type == json, range.parameters["as"] == "APIGroupDiscoveryList",
                range.parameters["g"] == "apidiscovery.k8s.io", let version = range.parameters["v"],
                version == "v2" || version == "v2beta1"
            {
                return version
            }
            if range.parameters["as"] == nil, range.covers(json) { return nil }
        }
        return nil
    }
}
