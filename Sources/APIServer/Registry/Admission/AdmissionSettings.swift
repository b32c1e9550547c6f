/// What the cluster's administrator may set about objects as they are written.
public struct AdmissionSettings: Sendable, Equatable {
    /// How long pods stay on a lost node that do not say it themselves.
    /// Source: kube-apiserver --default-not-ready-toleration-seconds, --default-unreachable-toleration-seconds.
    public var defaultTolerationSeconds: Int64
    /// `leaseDurationSeconds` of nodes' leases; a node renews four times in it.
    public var nodeLeaseSeconds: Int32

    public init(defaultTolerationSeconds: Int64 = 300, nodeLeaseSeconds: Int32 = 40) {
        self.defaultTolerationSeconds = defaultTolerationSeconds
        self.nodeLeaseSeconds = nodeLeaseSeconds
    }
}
