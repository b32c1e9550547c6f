public import Client

/// What an API server needs to know beside the registry that it serves.
public struct APIServerConfiguration: Sendable {
    /// DATA-DIR: `pki/` and `kubeconfig` are made in it.
    public var dataDirectory: String
    public var listenAddress: String
    /// 0 takes any free port; `APIServer.port` says which.
    public var listenPort: Int
    public var nodeName: String
    /// At the start; `APIServer.nodeMoved` tells another.
    public var nodeIP: String
    /// The first address of the Service range; it stands in the server's certificate.
    public var serviceIP: String
    /// The pod range of the node of this number, 0 being the server's own; nil when there are no more.
    public var podRange: @Sendable (Int) -> String?
    /// What a machine that joins is told.
    public var network: ClusterNetwork
    public var clock: any WallClock
    /// What `/readyz` asks beyond the server itself.
    public var readinessChecks: [HealthCheck]
    /// What `/metrics` prints beyond the server's own figures.
    public var metrics: [@Sendable () -> [Metric]]

    public init(
        dataDirectory: String, listenAddress: String = "127.0.0.1", listenPort: Int = 6443, nodeName: String,
        nodeIP: String, serviceIP: String = "10.43.0.1",
        podRange: @escaping @Sendable (Int) -> String? = { _ in nil },
        network: ClusterNetwork = ClusterNetwork(
            podCIDR: "10.42.0.0/16", serviceCIDR: "10.43.0.0/16", dnsAddress: "10.43.0.10"),
        clock: any WallClock = SystemClock(),
        readinessChecks: [HealthCheck] = [], metrics: [@Sendable () -> [Metric]] = []
    ) {
        self.dataDirectory = dataDirectory
        self.listenAddress = listenAddress
        self.listenPort = listenPort
        self.nodeName = nodeName
        self.nodeIP = nodeIP
        self.serviceIP = serviceIP
        self.podRange = podRange
        self.network = network
        self.clock = clock
        self.readinessChecks = readinessChecks
        self.metrics = metrics
    }
}
