/// The endpoints behind a service, in the older form of one object a service.
public struct Endpoints: APIObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var subsets: [EndpointSubset]?

    public init(metadata: ObjectMeta = ObjectMeta(), subsets: [EndpointSubset]? = nil) {
        self.metadata = metadata
        self.subsets = subsets
    }
}

extension Endpoints {
    public static let resource = ResourceType(
        kind: "Endpoints", plural: "endpoints", shortNames: ["ep"], namespaced: true)

    public static let schema = Schema(
        "io.k8s.api.core.v1.Endpoints",
        "The endpoints behind a service, in the older form of one object a service.",
        [
            .apiVersion, .kind, .metadata,
            .field("subsets", .array(.object(EndpointSubset.self)), "Addresses with their ports."),
        ])
}
