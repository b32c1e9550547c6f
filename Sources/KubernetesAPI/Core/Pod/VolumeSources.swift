/// A path of the node.
public struct HostPathVolumeSource: Codable, Sendable, Equatable, Described {
    public var path: String
    public var type: String?

    public init(path: String, type: String? = nil) {
        self.path = path
        self.type = type
    }
}

extension HostPathVolumeSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.HostPathVolumeSource",
        "A path of the node.",
        [
            .field("path", .string, "The path.", required: true, present: true),
            .field(
                "type", .string,
                "What must be there, or is made. Default: no check.",
                allowed: [
                    "", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice",
                ]),
        ])
}

/// A directory that lives as long as the pod.
public struct EmptyDirVolumeSource: Codable, Sendable, Equatable, Described {
    public var medium: String?
    public var sizeLimit: Quantity?

    public init(medium: String? = nil, sizeLimit: Quantity? = nil) {
        self.medium = medium
        self.sizeLimit = sizeLimit
    }
}

extension EmptyDirVolumeSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.EmptyDirVolumeSource",
        "A directory that lives as long as the pod.",
        [
            .field("medium", .string, "Memory for a tmpfs; else the node's disk.", allowed: ["", "Memory"]),
            .field("sizeLimit", .quantity, "At most this much; supported for Memory only."),
        ])
}

/// The volume that a claim is bound to.
public struct PersistentVolumeClaimVolumeSource: Codable, Sendable, Equatable, Described {
    public var claimName: String
    public var readOnly: Bool?

    public init(claimName: String, readOnly: Bool? = nil) {
        self.claimName = claimName
        self.readOnly = readOnly
    }
}

extension PersistentVolumeClaimVolumeSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource",
        "The volume that a claim is bound to.",
        [
            .field("claimName", .string, "A claim in the pod's namespace.", required: true, present: true),
            .field("readOnly", .boolean, "Whether writing is refused in every mount. Default: false."),
        ])
}

/// The keys of a ConfigMap as files.
public struct ConfigMapVolumeSource: Codable, Sendable, Equatable, Described {
    public var name: String
    public var items: [KeyToPath]?
    public var defaultMode: Int32?
    public var optional: Bool?

    public init(name: String = "", items: [KeyToPath]? = nil, defaultMode: Int32? = nil, optional: Bool? = nil) {
        self.name = name
        self.items = items
        self.defaultMode = defaultMode
        self.optional = optional
    }
}

extension ConfigMapVolumeSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ConfigMapVolumeSource",
        "The keys of a ConfigMap as files.",
        [
            .field("name", .string, "The ConfigMap.", present: true),
            .field("items", .array(.object(KeyToPath.self)), "Only these keys, under these paths."),
            .field("defaultMode", .int32, "The files' permissions. Default: 0644."),
            .field("optional", .boolean, "Whether the ConfigMap or a key may be missing."),
        ])
}

/// The keys of a Secret as files.
public struct SecretVolumeSource: Codable, Sendable, Equatable, Described {
    public var secretName: String?
    public var items: [KeyToPath]?
    public var defaultMode: Int32?
    public var optional: Bool?

    public init(
        secretName: String? = nil, items: [KeyToPath]? = nil, defaultMode: Int32? = nil, optional: Bool? = nil
    ) {
        self.secretName = secretName
        self.items = items
        self.defaultMode = defaultMode
        self.optional = optional
    }
}

extension SecretVolumeSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.SecretVolumeSource",
        "The keys of a Secret as files.",
        [
            .field("secretName", .string, "The Secret."),
            .field("items", .array(.object(KeyToPath.self)), "Only these keys, under these paths."),
            .field("defaultMode", .int32, "The files' permissions. Default: 0644."),
            .field("optional", .boolean, "Whether the Secret or a key may be missing."),
        ])
}

/// A key and the file that holds its value.
public struct KeyToPath: Codable, Sendable, Equatable, Described {
    public var key: String
    public var path: String
    public var mode: Int32?

    public init(key: String, path: String, mode: Int32? = nil) {
        self.key = key
        self.path = path
        self.mode = mode
    }
}

extension KeyToPath {
    public static let schema = Schema(
        "io.k8s.api.core.v1.KeyToPath",
        "A key and the file that holds its value.",
        [
            .field("key", .string, "The key.", required: true, present: true),
            .field("path", .string, "The file, relative to the volume.", required: true, present: true),
            .field("mode", .int32, "The file's permissions, instead of defaultMode."),
        ])
}
