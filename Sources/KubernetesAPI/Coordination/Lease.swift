/// Says who holds something, and since when.
public struct Lease: APIObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var spec: LeaseSpec

    public init(metadata: ObjectMeta = ObjectMeta(), spec: LeaseSpec = LeaseSpec()) {
        self.metadata = metadata
        self.spec = spec
    }
}

extension Lease {
    public static let resource = ResourceType(
        group: "coordination.k8s.io", kind: "Lease", plural: "leases", namespaced: true)

    public static let schema = Schema(
        "io.k8s.api.coordination.v1.Lease",
        "Says who holds something, and since when.",
        [
            .apiVersion, .kind, .metadata,
            .field("spec", .object(LeaseSpec.self), "The holder.", present: true),
        ])
}

/// Who holds a lease.
public struct LeaseSpec: Codable, Sendable, Equatable, Described {
    public var holderIdentity: String?
    public var leaseDurationSeconds: Int32?
    public var acquireTime: MicroTime?
    public var renewTime: MicroTime?
    public var leaseTransitions: Int32?

    public init(
        holderIdentity: String? = nil, leaseDurationSeconds: Int32? = nil, acquireTime: MicroTime? = nil,
        renewTime: MicroTime? = nil, leaseTransitions: Int32? = nil
    ) {
        self.holderIdentity = holderIdentity
        self.leaseDurationSeconds = leaseDurationSeconds
        self.acquireTime = acquireTime
        self.renewTime = renewTime
        self.leaseTransitions = leaseTransitions
    }
}

extension LeaseSpec {
    public static let schema = Schema(
        "io.k8s.api.coordination.v1.LeaseSpec",
        "Who holds a lease.",
        [
            .field("holderIdentity", .string, "The holder."),
            .field("leaseDurationSeconds", .int32, "Seconds without renewal after which others may take it."),
            .field("acquireTime", .microTime, "When the holder took it."),
            .field("renewTime", .microTime, "When the holder last renewed it."),
            .field("leaseTransitions", .int32, "How often the holder changed."),
            .refused("strategy"),
            .refused("preferredHolder"),
        ])
}
