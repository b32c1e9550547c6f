/// How a container of an image starts when its pod does not say otherwise.
public struct ImageConfig: Codable, Sendable, Equatable {
    public var entrypoint: [String]
    public var cmd: [String]
    /// `NAME=value`, in order.
    public var env: [String]
    /// Absolute; empty means `/`.
    public var workdir: String
    /// `name`, `uid`, `name:group` or `uid:gid`, looked up in the container's own passwd and group; empty means root.
    public var user: String
    /// A name (`SIGTERM`, `TERM`) or a number; empty means SIGTERM.
    public var stopSignal: String

    public init(
        entrypoint: [String] = [], cmd: [String] = [], env: [String] = [], workdir: String = "", user: String = "",
        stopSignal: String = ""
    ) {
        self.entrypoint = entrypoint
        self.cmd = cmd
        self.env = env
        self.workdir = workdir
        self.user = user
        self.stopSignal = stopSignal
    }

    /// A sidecar file names only what it needs.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        entrypoint = try values.decodeIfPresent([String].self, forKey: .entrypoint) ?? []
        cmd = try values.decodeIfPresent([String].self, forKey: .cmd) ?? []
        env = try values.decodeIfPresent([String].self, forKey: .env) ?? []
        workdir = try values.decodeIfPresent(String.self, forKey: .workdir) ?? ""
        user = try values.decodeIfPresent(String.self, forKey: .user) ?? ""
        stopSignal = try values.decodeIfPresent(String.self, forKey: .stopSignal) ?? ""
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case entrypoint, cmd, env, workdir, user, stopSignal }
}

/// An image: immutable, named by its content. Names come and go; the id stays.
public struct Image: Codable, Sendable, Equatable {
    /// `sha256:<64 hex digits>` over the layers' digests and the config.
    public var id: String
    /// Normalised `NAME:TAG`, sorted; empty when a later import took its last name while a container used it.
    public var names: [String]
    public var config: ImageConfig
    /// Directories below `ImageStore.layersRoot`, top layer first, as overlayfs wants them.
    public var layers: [String]
    /// Bytes of file content, uncompressed.
    public var size: Int64
    /// When it was first imported, microseconds since the epoch.
    public var created: Int64

    public init(id: String, names: [String], config: ImageConfig, layers: [String], size: Int64, created: Int64) {
        self.id = id
        self.names = names
        self.config = config
        self.layers = layers
        self.size = size
        self.created = created
    }
}
