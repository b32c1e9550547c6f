/// What the cluster's administrator may set about lost nodes.
public struct NodeLifecycleSettings: Sendable, Equatable {
    /// Without a sign for this long a node counts as lost.
    public var grace: Duration
    /// Nodes a second, in each zone, that may begin to lose their pods. Source: kube-controller-manager --node-eviction-rate.
    public var evictionRate = 0.1
    /// The same where a large part of the zone is lost. Source: --secondary-node-eviction-rate.
    public var secondaryEvictionRate = 0.01
    /// From this share of lost nodes on. Source: --unhealthy-zone-threshold.
    public var unhealthyThreshold = 0.55
    /// A smaller zone's nodes keep their pods then. Source: --large-cluster-size-threshold.
    public var largeZone = 50

    /// - Parameter grace: by default four heartbeats of ten seconds.
    public init(grace: Duration = .seconds(40)) { self.grace = grace }
}
