/// User, capabilities and the like of one container; wins over the pod's.
public struct SecurityContext: Codable, Sendable, Equatable, Described {
    public var capabilities: Capabilities?
    public var privileged: Bool?
    public var runAsUser: Int64?
    public var runAsGroup: Int64?
    public var runAsNonRoot: Bool?
    public var readOnlyRootFilesystem: Bool?
    public var allowPrivilegeEscalation: Bool?
    public var procMount: String?
    public var seccompProfile: SeccompProfile?

    public init(
        capabilities: Capabilities? = nil, privileged: Bool? = nil, runAsUser: Int64? = nil, runAsGroup: Int64? = nil,
        runAsNonRoot: Bool? = nil, readOnlyRootFilesystem: Bool? = nil, allowPrivilegeEscalation: Bool? = nil,
        seccompProfile: SeccompProfile? = nil
    ) {
        self.capabilities = capabilities
        self.privileged = privileged
        self.runAsUser = runAsUser
        self.runAsGroup = runAsGroup
        self.runAsNonRoot = runAsNonRoot
        self.readOnlyRootFilesystem = readOnlyRootFilesystem
        self.allowPrivilegeEscalation = allowPrivilegeEscalation
        self.seccompProfile = seccompProfile
    }
}

extension SecurityContext {
    public static let schema = Schema(
        "io.k8s.api.core.v1.SecurityContext",
        "User, capabilities and the like of one container; wins over the pod's.",
        [
            .field("capabilities", .object(Capabilities.self), "Capabilities beyond or below the default set."),
            .field("privileged", .boolean, "Give the container all capabilities and devices. Default: false."),
            .field("runAsUser", .int64, "The user id of its first process."),
            .field("runAsGroup", .int64, "The group id of its first process."),
            .field("runAsNonRoot", .boolean, "Refuse to start it as user 0."),
            .field("readOnlyRootFilesystem", .boolean, "Mount its root file system read-only. Default: false."),
            .field(
                "allowPrivilegeEscalation", .boolean,
                "Whether a process may gain more privileges than its parent. Default: true."),
            .field(
                "procMount", .string,
                "Whether parts of /proc are hidden. Default: Default.", allowed: ["Default", "Unmasked"]),
            .field("seccompProfile", .object(SeccompProfile.self), "The system calls that it may make."),
            .refused("seLinuxOptions"),
            .refused("windowsOptions"),
            .refused("appArmorProfile"),
        ])
}

/// Changes to the default set of capabilities.
public struct Capabilities: Codable, Sendable, Equatable, Described {
    public var add: [String]?
    public var drop: [String]?

    public init(add: [String]? = nil, drop: [String]? = nil) {
        self.add = add
        self.drop = drop
    }
}

extension Capabilities {
    public static let schema = Schema(
        "io.k8s.api.core.v1.Capabilities",
        "Changes to the default set of capabilities.",
        [
            .field("add", .array(.string), "Capabilities to add, such as NET_ADMIN; ALL means every one."),
            .field("drop", .array(.string), "Capabilities to take away; ALL means every one."),
        ])
}

/// A choice of system calls.
public struct SeccompProfile: Codable, Sendable, Equatable, Described {
    public var type: String

    public init(type: String) {
        self.type = type
    }
}

extension SeccompProfile {
    public static let schema = Schema(
        "io.k8s.api.core.v1.SeccompProfile",
        "A choice of system calls.",
        [
            .field(
                "type", .string,
                "Which profile.", required: true, present: true, allowed: ["RuntimeDefault", "Unconfined"]),
            .refused("localhostProfile"),
        ])
}
