import KubernetesAPI

/// The body of an eviction. Source: policy/v1 Eviction; v1beta1 is the same.
struct EvictionBody: Codable, Sendable, Described {
    var metadata: ObjectMeta
    var deleteOptions: DeleteOptionsBody?

    /// kubectl 1.20 knows the older one alone, and since 1.22 every version of Kubernetes takes both.
    static let apiVersions = ["policy/v1", "policy/v1beta1"]

    static let schema = Schema(
        "io.k8s.api.policy.v1.Eviction", "A pod's deletion, if its disruption budget allows it now.",
        [
            .field("kind", .string, "Eviction."), .field("apiVersion", .string, "policy/v1."),
            .field("metadata", .object(ObjectMeta.self), "Names the pod.", present: true),
            .field("deleteOptions", .object(DeleteOptionsBody.self), "How it is to be deleted."),
        ])

    /// Reads the body in whichever of the two versions it says it is.
    static func parse(_ request: ResourceRequest) throws(APIError) -> (eviction: EvictionBody, warnings: [String]) {
        try ObjectBody<EvictionBody>.checkContentType(request.contentType)
        // What cannot be read here is refused below, with the words for it.
        let given = (try? JSONParser.parse(request.body))?.value["apiVersion"]?.string ?? ""
        let version = apiVersions.contains(given) ? given : apiVersions[0]
        var body = ObjectBody<EvictionBody>(
            apiVersion: version, kind: "Eviction", request.options.fieldValidation)
        let eviction = try body.parse(request.body)
        return (eviction, body.warnings)
    }
}
