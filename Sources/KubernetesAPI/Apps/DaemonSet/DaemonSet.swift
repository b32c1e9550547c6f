/// Keeps one pod on every node that fits.
public struct DaemonSet: ReconciledObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: DaemonSetSpec
    public var status: DaemonSetStatus

    public init(
        metadata: ObjectMeta = ObjectMeta(), spec: DaemonSetSpec, status: DaemonSetStatus = DaemonSetStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension DaemonSet {
    public static let resource = ResourceType(
        group: "apps", kind: "DaemonSet", plural: "daemonsets", shortNames: ["ds"], categories: ["all"],
        namespaced: true, subresources: [.status])

    public static let schema = Schema(
        "io.k8s.api.apps.v1.DaemonSet",
        "Keeps one pod on every node that fits.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(DaemonSetSpec.self), "What is to run.", required: true, present: true),
            .field("status", .object(DaemonSetStatus.self), "What was last observed.", present: true),
        ])
}
