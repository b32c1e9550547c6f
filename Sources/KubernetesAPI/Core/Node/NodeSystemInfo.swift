/// The system that a node runs.
public struct NodeSystemInfo: Codable, Sendable, Equatable, Described {
    public var machineID: String
    public var systemUUID: String
    public var bootID: String
    public var kernelVersion: String
    public var osImage: String
    public var containerRuntimeVersion: String
    public var kubeletVersion: String
    public var kubeProxyVersion: String
    public var operatingSystem: String
    public var architecture: String

    public init(
        kernelVersion: String = "", osImage: String = "", containerRuntimeVersion: String = "",
        kubeletVersion: String = "", architecture: String = ""
    ) {
        self.machineID = ""
        self.systemUUID = ""
        self.bootID = ""
        self.kernelVersion = kernelVersion
        self.osImage = osImage
        self.containerRuntimeVersion = containerRuntimeVersion
        self.kubeletVersion = kubeletVersion
        self.kubeProxyVersion = ""
        self.operatingSystem = "linux"
        self.architecture = architecture
    }
}

extension NodeSystemInfo {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NodeSystemInfo",
        "The system that a node runs.",
        [
            .field("machineID", .string, "/etc/machine-id.", required: true, present: true),
            .field("systemUUID", .string, "The machine's UUID by its firmware.", required: true, present: true),
            .field("bootID", .string, "Changes with every boot.", required: true, present: true),
            .field("kernelVersion", .string, "As uname -r prints it.", required: true, present: true),
            .field("osImage", .string, "The operating system's name.", required: true, present: true),
            .field(
                "containerRuntimeVersion", .string,
                "What runs the containers, with its version.", required: true, present: true),
            .field("kubeletVersion", .string, "The version of the node agent.", required: true, present: true),
            .field("kubeProxyVersion", .string, "Deprecated; the agent's version.", required: true, present: true),
            .field("operatingSystem", .string, "Always linux.", required: true, present: true),
            .field("architecture", .string, "Such as amd64.", required: true, present: true),
            .dropped("swap", "Not observed by swiftlet."),
        ])
}

/// The ports of a node's agent.
public struct NodeDaemonEndpoints: Codable, Sendable, Equatable, Described {
    public var kubeletEndpoint: DaemonEndpoint

    public init(kubeletEndpoint: DaemonEndpoint = DaemonEndpoint()) {
        self.kubeletEndpoint = kubeletEndpoint
    }
}

extension NodeDaemonEndpoints {
    public static let schema = Schema(
        "io.k8s.api.core.v1.NodeDaemonEndpoints",
        "The ports of a node's agent.",
        [
            .field(
                "kubeletEndpoint", .object(DaemonEndpoint.self),
                "The port of the agent's own server.", present: true)
        ])
}

/// A port of a node's agent.
public struct DaemonEndpoint: Codable, Sendable, Equatable, Described {
    public var port: Int32

    enum CodingKeys: String, CodingKey {
        case port = "Port"
    }

    public init(port: Int32 = 0) {
        self.port = port
    }
}

extension DaemonEndpoint {
    public static let schema = Schema(
        "io.k8s.api.core.v1.DaemonEndpoint",
        "A port of a node's agent.",
        [
            .field("Port", .int32, "The port; 0 for none.", required: true, present: true)
        ])
}

/// An image that a node holds.
public struct ContainerImage: Codable, Sendable, Equatable, Described {
    public var names: [String]?
    public var sizeBytes: Int64?

    public init(names: [String]? = nil, sizeBytes: Int64? = nil) {
        self.names = names
        self.sizeBytes = sizeBytes
    }
}

extension ContainerImage {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ContainerImage",
        "An image that a node holds.",
        [
            .field("names", .array(.string), "Its names."),
            .field("sizeBytes", .int64, "Its size in bytes."),
        ])
}
