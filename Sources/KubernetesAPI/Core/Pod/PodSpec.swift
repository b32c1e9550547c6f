/// What a pod is to run, and how.
public struct PodSpec: Codable, Sendable, Equatable, Described {
    public var volumes: [Volume]?
    public var initContainers: [Container]?
    public var containers: [Container]
    public var restartPolicy: String?
    public var terminationGracePeriodSeconds: Int64?
    public var activeDeadlineSeconds: Int64?
    public var dnsPolicy: String?
    public var nodeSelector: [String: String]?
    public var serviceAccountName: String?
    public var serviceAccount: String?
    public var automountServiceAccountToken: Bool?
    public var nodeName: String?
    public var hostNetwork: Bool?
    public var hostPID: Bool?
    public var hostIPC: Bool?
    public var shareProcessNamespace: Bool?
    public var securityContext: PodSecurityContext?
    public var imagePullSecrets: [LocalObjectReference]?
    public var hostname: String?
    public var subdomain: String?
    public var schedulerName: String?
    public var affinity: Affinity?
    public var topologySpreadConstraints: [TopologySpreadConstraint]?
    public var tolerations: [Toleration]?
    public var hostAliases: [HostAlias]?
    public var priorityClassName: String?
    public var priority: Int32?
    public var preemptionPolicy: String?
    public var dnsConfig: PodDNSConfig?
    public var enableServiceLinks: Bool?
    public var setHostnameAsFQDN: Bool?
    public var hostUsers: Bool?
    public var os: PodOS?

    public init(
        volumes: [Volume]? = nil, initContainers: [Container]? = nil, containers: [Container] = [],
        restartPolicy: String? = nil, terminationGracePeriodSeconds: Int64? = nil,
        nodeSelector: [String: String]? = nil, nodeName: String? = nil, securityContext: PodSecurityContext? = nil,
        tolerations: [Toleration]? = nil
    ) {
        self.volumes = volumes
        self.initContainers = initContainers
        self.containers = containers
        self.restartPolicy = restartPolicy
        self.terminationGracePeriodSeconds = terminationGracePeriodSeconds
        self.nodeSelector = nodeSelector
        self.nodeName = nodeName
        self.securityContext = securityContext
        self.tolerations = tolerations
    }
}

extension PodSpec {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodSpec",
        "What a pod is to run, and how.",
        [
            .field(
                "volumes", .array(.object(Volume.self)),
                "Directories and files that containers may mount.", mergeKey: "name", retainKeys: true),
            .field(
                "initContainers", .array(.object(Container.self)),
                "Containers that run to their end, one after the other, before the others start.", mergeKey: "name"),
            .field(
                "containers", .array(.object(Container.self)),
                "The containers of the pod; at least one.", required: true, present: true, mergeKey: "name"),
            .field(
                "restartPolicy", .string,
                "When ended containers are started again. Default: Always.", allowed: ["Always", "OnFailure", "Never"]),
            .field(
                "terminationGracePeriodSeconds", .int64,
                "Seconds between the signal to end and the kill. Default: 30."),
            .field("activeDeadlineSeconds", .int64, "Seconds after its start when the pod is ended and marked failed."),
            .field(
                "dnsPolicy", .string,
                "Where the pod's resolver configuration comes from. Default: ClusterFirst.",
                allowed: ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]),
            .field("nodeSelector", .map(.string), "Labels that a node must carry to be chosen."),
            .field("serviceAccountName", .string, "The service account that the pod runs as."),
            .field("serviceAccount", .string, "Older name of serviceAccountName."),
            .field(
                "automountServiceAccountToken", .boolean,
                "Whether a token of the service account is mounted; only false is supported."),
            .field("nodeName", .string, "The node that runs the pod; the scheduler sets it."),
            .field("hostNetwork", .boolean, "Use the node's network instead of one of its own."),
            .field("hostPID", .boolean, "Use the node's process namespace; only false is supported."),
            .field("hostIPC", .boolean, "Use the node's IPC namespace; only false is supported."),
            .field(
                "shareProcessNamespace", .boolean,
                "One process namespace for all containers; only false is supported."),
            .field(
                "securityContext", .object(PodSecurityContext.self),
                "User, groups and the like for all containers."),
            .field(
                "imagePullSecrets", .array(.object(LocalObjectReference.self)),
                "Credentials for pulling images; images here are imported, so none are needed.", mergeKey: "name"),
            .field("hostname", .string, "The pod's host name. Default: the pod's name."),
            .field(
                "subdomain", .string,
                "Makes the full host name hostname.subdomain.namespace.svc and the cluster's domain."),
            .field("schedulerName", .string, "The scheduler that places the pod; only default-scheduler exists."),
            .field("affinity", .object(Affinity.self), "Which nodes it is drawn to or kept from."),
            .field(
                "topologySpreadConstraints", .array(.object(TopologySpreadConstraint.self)),
                "How evenly it and its like are to be spread over the nodes.", mergeKey: "topologyKey"),
            .field("tolerations", .array(.object(Toleration.self)), "The node taints that the pod puts up with."),
            .field(
                "hostAliases", .array(.object(HostAlias.self)),
                "Further lines of the pod's hosts file.", mergeKey: "ip"),
            .field("priorityClassName", .string, "The pod's PriorityClass, from which its priority follows."),
            .field("priority", .int32, "The pod's priority; set from its class, not by users."),
            .field(
                "preemptionPolicy", .string,
                "Whether the pod may push out pods of lower priority; set from its class.",
                allowed: ["PreemptLowerPriority", "Never"]),
            .field(
                "dnsConfig", .object(PodDNSConfig.self),
                "Further resolver settings, merged with those of dnsPolicy."),
            .field("enableServiceLinks", .boolean, "Whether Services appear as environment variables. Default: true."),
            .field(
                "setHostnameAsFQDN", .boolean,
                "Use the full name as the kernel's host name; only false is supported."),
            .field("hostUsers", .boolean, "Use the node's user namespace; only true is supported."),
            .field("os", .object(PodOS.self), "The operating system of the pod; only linux."),
            .refused("ephemeralContainers"),
            .refused("readinessGates"),
            .refused("runtimeClassName"),
            .refused("overhead"),
            .refused("schedulingGates"),
            .refused("resourceClaims"),
            .refused("resources"),
        ])
}

/// The operating system that a pod is made for.
public struct PodOS: Codable, Sendable, Equatable, Described {
    public var name: String

    public init(name: String) {
        self.name = name
    }
}

extension PodOS {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodOS",
        "The operating system that a pod is made for.",
        [
            .field(
                "name", .string,
                "The name of the operating system.", required: true, present: true, allowed: ["linux"])
        ])
}

/// One line of a pod's hosts file.
public struct HostAlias: Codable, Sendable, Equatable, Described {
    public var ip: String
    public var hostnames: [String]?

    public init(ip: String, hostnames: [String]? = nil) {
        self.ip = ip
        self.hostnames = hostnames
    }
}

extension HostAlias {
    public static let schema = Schema(
        "io.k8s.api.core.v1.HostAlias",
        "One line of a pod's hosts file.",
        [
            .field("ip", .string, "The address.", required: true, present: true),
            .field("hostnames", .array(.string), "The names of that address."),
        ])
}
