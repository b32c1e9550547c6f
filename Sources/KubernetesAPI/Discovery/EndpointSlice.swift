/// Some of the endpoints behind a service: all of one address type, with the same ports.
public struct EndpointSlice: APIObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var addressType: String
    public var endpoints: [Endpoint]
    public var ports: [EndpointSlicePort]?

    public init(
        metadata: ObjectMeta = ObjectMeta(), addressType: String = "IPv4", endpoints: [Endpoint] = [],
        ports: [EndpointSlicePort]? = nil
    ) {
        self.metadata = metadata
        self.addressType = addressType
        self.endpoints = endpoints
        self.ports = ports
    }
}

extension EndpointSlice {
    /// The label that says whose endpoints these are.
    public static let serviceNameLabel = "kubernetes.io/service-name"
    /// The label that says which controller writes the slice; others leave it alone.
    public static let managedByLabel = "endpointslice.kubernetes.io/managed-by"

    public static let resource = ResourceType(
        group: "discovery.k8s.io", kind: "EndpointSlice", plural: "endpointslices", namespaced: true)

    public static let schema = Schema(
        "io.k8s.api.discovery.v1.EndpointSlice",
        "Some of the endpoints behind a service.",
        [
            .apiVersion, .kind, .metadata,
            .field(
                "addressType", .string, "The type of the addresses; only IPv4 is supported.", required: true,
                present: true, allowed: ["IPv4", "IPv6", "FQDN"]),
            .field(
                "endpoints", .array(.object(Endpoint.self)), "The endpoints.", required: true, present: true),
            .field("ports", .array(.object(EndpointSlicePort.self)), "The ports that all of them offer."),
        ])
}
