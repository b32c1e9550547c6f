/// One program of a pod, in its own root file system.
public struct Container: Codable, Sendable, Equatable, Described {
    public var name: String
    public var image: String
    public var command: [String]?
    public var args: [String]?
    public var workingDir: String?
    public var ports: [ContainerPort]?
    public var envFrom: [EnvFromSource]?
    public var env: [EnvVar]?
    public var resources: ResourceRequirements
    public var volumeMounts: [VolumeMount]?
    public var livenessProbe: Probe?
    public var readinessProbe: Probe?
    public var startupProbe: Probe?
    public var lifecycle: Lifecycle?
    public var terminationMessagePath: String?
    public var terminationMessagePolicy: String?
    public var imagePullPolicy: String?
    public var securityContext: SecurityContext?
    public var stdin: Bool?
    public var stdinOnce: Bool?
    public var tty: Bool?

    public init(
        name: String, image: String = "", command: [String]? = nil, args: [String]? = nil,
        ports: [ContainerPort]? = nil, env: [EnvVar]? = nil, resources: ResourceRequirements = ResourceRequirements(),
        volumeMounts: [VolumeMount]? = nil, livenessProbe: Probe? = nil, readinessProbe: Probe? = nil,
        securityContext: SecurityContext? = nil
    ) {
        self.name = name
        self.image = image
        self.command = command
        self.args = args
        self.ports = ports
        self.env = env
        self.resources = resources
        self.volumeMounts = volumeMounts
        self.livenessProbe = livenessProbe
        self.readinessProbe = readinessProbe
        self.securityContext = securityContext
    }
}

extension Container {
    public static let schema = Schema(
        "io.k8s.api.core.v1.Container",
        "One program of a pod, in its own root file system.",
        [
            .field("name", .string, "Its name, unique within the pod.", required: true, present: true),
            .field("image", .string, "The image that it runs.", present: true),
            .field(
                "command", .array(.string),
                "The program and its first arguments, instead of the image's entrypoint."),
            .field("args", .array(.string), "The arguments, instead of the image's command."),
            .field("workingDir", .string, "The directory that it starts in, instead of the image's."),
            .field(
                "ports", .array(.object(ContainerPort.self)),
                "The ports that it listens on.", mergeKey: "containerPort"),
            .field(
                "envFrom", .array(.object(EnvFromSource.self)),
                "ConfigMaps and Secrets whose every key becomes an environment variable."),
            .field("env", .array(.object(EnvVar.self)), "Environment variables.", mergeKey: "name"),
            .field(
                "resources", .object(ResourceRequirements.self),
                "The CPU and memory that it needs, and may use at most.", present: true),
            .field(
                "volumeMounts", .array(.object(VolumeMount.self)),
                "Where the pod's volumes appear in its file system.", mergeKey: "mountPath"),
            .field("livenessProbe", .object(Probe.self), "A check; when it fails the container is started again."),
            .field("readinessProbe", .object(Probe.self), "A check; while it fails the container gets no traffic."),
            .field("startupProbe", .object(Probe.self), "A check; until it passes the others wait."),
            .field("lifecycle", .object(Lifecycle.self), "What is done right after its start and before its end."),
            .field(
                "terminationMessagePath", .string,
                "The file in the container that holds its last words. Default: /dev/termination-log."),
            .field(
                "terminationMessagePolicy", .string,
                "Where its last words come from. Default: File.", allowed: ["File", "FallbackToLogsOnError"]),
            .field(
                "imagePullPolicy", .string,
                "Whether the image must be looked up again. Images here are imported.",
                allowed: ["Always", "IfNotPresent", "Never"]),
            .field("securityContext", .object(SecurityContext.self), "User, capabilities and the like."),
            .field("stdin", .boolean, "Keep its standard input open."),
            .field("stdinOnce", .boolean, "Close its standard input after the first client; only false is supported."),
            .field("tty", .boolean, "Give it a terminal."),
            .refused("resizePolicy"),
            .refused("restartPolicy"),
            .refused("restartPolicyRules"),
            .refused("volumeDevices"),
        ])
}
