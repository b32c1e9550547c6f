/// Keeps a number of equal pods running, and rolls them to a new version.
public struct Deployment: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: DeploymentSpec
    public var status: DeploymentStatus

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: DeploymentSpec, status: DeploymentStatus = DeploymentStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension Deployment {
    public static let resource = ResourceType(
        group: "apps", kind: "Deployment", plural: "deployments", shortNames: ["deploy"], categories: ["all"],
        namespaced: true, subresources: [.status, .scale])

    public static let schema = Schema(
        "io.k8s.api.apps.v1.Deployment",
        "Keeps a number of equal pods running, and rolls them to a new version.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(DeploymentSpec.self), "What is to run.", required: true, present: true),
            .field("status", .object(DeploymentStatus.self), "What was last observed.", present: true),
        ])
}
