/// One container, fully resolved: no image names, no references, no defaults left to find.
public struct ContainerConfig: Codable, Sendable, Equatable {
    /// Unique in its sandbox and never used again: `<container name>-<attempt>`.
    public var id: String
    public var name: String
    /// The restart count: the log file is `<log directory>/<name>/<attempt>.log`.
    public var attempt: Int
    public var rootfs: RootFS
    public var command: [String]
    /// `NAME=value`, in order.
    public var environment: [String]
    public var workingDirectory: String
    /// From the pod's or container's security context; nil: `user` of the image.
    public var runAsUser: UInt32?
    public var runAsGroup: UInt32?
    /// The image's USER (`name`, `uid`, `name:group`, `uid:gid`), resolved against the container's own passwd and group.
    public var imageUser: String
    public var supplementalGroups: [UInt32]
    public var limits: ResourceLimits
    public var mounts: [Mount]
    public var security: SecurityOptions
    public var tty: Bool
    public var stdin: Bool
    /// The signal that asks it to end (a number), SIGTERM unless the image says otherwise.
    public var stopSignal: Int32
    /// Bytes of a log file before it is rotated.
    public var logLimit: Int64
    /// Files of a log, the current one among them.
    public var logFiles: Int
    /// oom_score_adj: -1000 (never killed for memory) to 1000 (first). Lower than the daemon's own only where the host
    /// lets it.
    public var oomScoreAdjust: Int

    public struct RootFS: Codable, Sendable, Equatable {
        /// The directory that holds the layers; they are named relative to it, so that many fit one mount call.
        public var layersRoot: String
        /// Top layer first, as overlayfs wants them.
        public var layers: [String]
        public var readOnly: Bool
        public init(layersRoot: String, layers: [String], readOnly: Bool) {
            self.layersRoot = layersRoot
            self.layers = layers
            self.readOnly = readOnly
        }
    }

    /// A bind mount of a host path (file or directory) into the container; `source` must exist.
    public struct Mount: Codable, Sendable, Equatable {
        public var source: String
        public var destination: String
        public var readOnly: Bool
        public var propagation: Propagation
        public enum Propagation: String, Codable, Sendable { case none, hostToContainer, bidirectional }
        public init(source: String, destination: String, readOnly: Bool, propagation: Propagation = .none) {
            self.source = source
            self.destination = destination
            self.readOnly = readOnly
            self.propagation = propagation
        }
    }

    public struct SecurityOptions: Codable, Sendable, Equatable {
        public var privileged = false
        public var allowPrivilegeEscalation = true
        /// `CAP_` names without the prefix, upper case; `ALL` is understood. Added to and dropped from the default set.
        public var addCapabilities: [String] = []
        public var dropCapabilities: [String] = []
        public var seccomp = Seccomp.runtimeDefault
        /// `/proc` without masked and read-only paths.
        public var unmaskedProc = false
        public enum Seccomp: String, Codable, Sendable { case runtimeDefault, unconfined }
        public init() {}
    }

    public init(id: String, name: String, attempt: Int, rootfs: RootFS, command: [String]) {
        self.id = id
        self.name = name
        self.attempt = attempt
        self.rootfs = rootfs
        self.command = command
        environment = []
        workingDirectory = "/"
        imageUser = ""
        supplementalGroups = []
        limits = ResourceLimits()
        mounts = []
        security = SecurityOptions()
        tty = false
        stdin = false
        stopSignal = 15
        logLimit = 10 * 1024 * 1024
        logFiles = 5
        oomScoreAdjust = 0
    }
}
