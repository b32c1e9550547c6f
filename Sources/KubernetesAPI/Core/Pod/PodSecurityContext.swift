/// User, groups and the like of all containers of a pod.
public struct PodSecurityContext: Codable, Sendable, Equatable, Described {
    public var runAsUser: Int64?
    public var runAsGroup: Int64?
    public var runAsNonRoot: Bool?
    public var supplementalGroups: [Int64]?
    public var fsGroup: Int64?
    public var fsGroupChangePolicy: String?
    public var sysctls: [Sysctl]?
    public var seccompProfile: SeccompProfile?

    public init(
        runAsUser: Int64? = nil, runAsGroup: Int64? = nil, runAsNonRoot: Bool? = nil,
        supplementalGroups: [Int64]? = nil, fsGroup: Int64? = nil, fsGroupChangePolicy: String? = nil,
        sysctls: [Sysctl]? = nil, seccompProfile: SeccompProfile? = nil
    ) {
        self.runAsUser = runAsUser
        self.runAsGroup = runAsGroup
        self.runAsNonRoot = runAsNonRoot
        self.supplementalGroups = supplementalGroups
        self.fsGroup = fsGroup
        self.fsGroupChangePolicy = fsGroupChangePolicy
        self.sysctls = sysctls
        self.seccompProfile = seccompProfile
    }
}

extension PodSecurityContext {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodSecurityContext",
        "User, groups and the like of all containers of a pod.",
        [
            .field("runAsUser", .int64, "The user id of first processes."),
            .field("runAsGroup", .int64, "The group id of first processes."),
            .field("runAsNonRoot", .boolean, "Refuse to start a container as user 0."),
            .field("supplementalGroups", .array(.int64), "Further groups of first processes."),
            .field("fsGroup", .int64, "A further group, which owns the pod's volumes."),
            .field(
                "fsGroupChangePolicy", .string,
                "When a volume's owner is changed; only Always is supported.", allowed: ["Always"]),
            .field("sysctls", .array(.object(Sysctl.self)), "Kernel settings of the pod's namespaces."),
            .field("seccompProfile", .object(SeccompProfile.self), "The system calls that containers may make."),
            .refused("seLinuxOptions"),
            .refused("windowsOptions"),
            .refused("supplementalGroupsPolicy"),
            .refused("appArmorProfile"),
            .refused("seLinuxChangePolicy"),
        ])
}

/// A kernel setting.
public struct Sysctl: Codable, Sendable, Equatable, Described {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension Sysctl {
    public static let schema = Schema(
        "io.k8s.api.core.v1.Sysctl",
        "A kernel setting.",
        [
            .field("name", .string, "Its name, such as net.ipv4.tcp_syncookies.", required: true, present: true),
            .field("value", .string, "Its value.", required: true, present: true),
        ])
}
