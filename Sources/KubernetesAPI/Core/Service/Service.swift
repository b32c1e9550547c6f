/// A name and an address for a set of pods.
public struct Service: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: ServiceSpec
    public var status: ServiceStatus

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: ServiceSpec = ServiceSpec(), status: ServiceStatus = ServiceStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension Service {
    public static let resource = ResourceType(
        kind: "Service", plural: "services", shortNames: ["svc"], categories: ["all"], namespaced: true,
        subresources: [.status])

    public static let schema = Schema(
        "io.k8s.api.core.v1.Service",
        "A name and an address for a set of pods.",
        [
            .apiVersion, .kind, .metadata,
            .field(
                "spec", .object(ServiceSpec.self), "Which pods it stands for, and how it is reached.", present: true),
            .field("status", .object(ServiceStatus.self), "How it is reached from outside.", present: true),
        ])
}
