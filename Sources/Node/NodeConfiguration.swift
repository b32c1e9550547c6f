public import KubernetesAPI
public import Linux

/// What a node agent is told about its node. No value is a constant of the machine: several agents run side by side.
public struct NodeConfiguration: Sendable {
    public var nodeName: String
    /// The address by which others reach the node, and pods as `status.hostIP`.
    public var nodeAddress: HostAddress
    public var dataDirectory: String
    /// Holds `<namespace>_<name>_<uid>/<container>/<attempt>.log`.
    public var podLogDirectory: String
    /// Where others reach the node's own server (the API server's port on its own node); 0 for none.
    public var port: Int32 = 0
    /// This node's part of the pod range.
    public var podCIDR: String
    /// swiftlet's own version, shown as the container runtime's.
    public var version: String
    public var kubernetesVersion = "v1.33.0"
    /// Pods that the node takes at most.
    public var maxPods: Int64 = 110
    /// Bytes of memory kept for the system, not given to pods. Nil: 5% of the machine's, at least 100 MiB.
    public var systemReservedMemory: Int64?
    /// Processes of one pod at most (pids.max).
    public var podPidsLimit: Int64 = 4096
    /// Bytes of one log file, and files of one log.
    public var logLimit: Int64 = 10 * 1024 * 1024
    public var logFiles = 5
    /// Where the node answers for itself, announced to all; 0: nowhere.
    public var endpointPort: Int32 = 0
    /// All pods together have this long to end before the machine goes down; the last of it is for those of the highest
    /// priorities. Together less than the TimeoutStopSec of swiftlet-pods.service.
    public var shutdownGracePeriod = Duration.seconds(240)
    public var shutdownGracePeriodCriticalPods = Duration.seconds(30)
    /// What to tell the user when the server has not answered for a while; nil where it runs in this process.
    public var adviceWithoutServer: String?
    public var clusterDomain = "cluster.local"
    /// The cluster's DNS for pods; nil until there is one, and then pods get the node's.
    public var clusterDNS: ClusterDNS?
    public var labels: [String: String] = [:]
    public var taints: [Taint] = []

    public struct ClusterDNS: Sendable {
        public var nameservers: [String]
        public init(nameservers: [String]) { self.nameservers = nameservers }
    }

    /// The address of this moment.
    var nodeIP: String { nodeAddress.current.description }

    public init(
        nodeName: String, nodeAddress: HostAddress, dataDirectory: String, podLogDirectory: String, podCIDR: String,
        version: String
    ) {
        self.nodeName = nodeName
        self.nodeAddress = nodeAddress
        self.dataDirectory = dataDirectory
        self.podLogDirectory = podLogDirectory
        self.podCIDR = podCIDR
        self.version = version
    }
}
