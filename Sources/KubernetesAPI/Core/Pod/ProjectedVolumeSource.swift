/// Several sources in one directory.
public struct ProjectedVolumeSource: Codable, Sendable, Equatable, Described {
    public var sources: [VolumeProjection]?
    public var defaultMode: Int32?

    public init(sources: [VolumeProjection]? = nil, defaultMode: Int32? = nil) {
        self.sources = sources
        self.defaultMode = defaultMode
    }
}

extension ProjectedVolumeSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ProjectedVolumeSource",
        "Several sources in one directory.",
        [
            .field("sources", .array(.object(VolumeProjection.self)), "The sources."),
            .field("defaultMode", .int32, "The files' permissions. Default: 0644."),
        ])
}

/// One source of a projected volume; exactly one member.
public struct VolumeProjection: Codable, Sendable, Equatable, Described {
    public var secret: SecretProjection?
    public var configMap: ConfigMapProjection?
    public var downwardAPI: DownwardAPIProjection?

    public init(
        secret: SecretProjection? = nil, configMap: ConfigMapProjection? = nil,
        downwardAPI: DownwardAPIProjection? = nil
    ) {
        self.secret = secret
        self.configMap = configMap
        self.downwardAPI = downwardAPI
    }
}

extension VolumeProjection {
    public static let schema = Schema(
        "io.k8s.api.core.v1.VolumeProjection",
        "One source of a projected volume; exactly one member.",
        [
            .field("secret", .object(SecretProjection.self), "A Secret."),
            .field("configMap", .object(ConfigMapProjection.self), "A ConfigMap."),
            .field("downwardAPI", .object(DownwardAPIProjection.self), "Facts about the pod."),
            .refused("serviceAccountToken"),
            .refused("clusterTrustBundle"),
            .refused("podCertificate"),
        ])
}

/// The keys of a Secret as files of a projected volume.
public struct SecretProjection: Codable, Sendable, Equatable, Described {
    public var name: String
    public var items: [KeyToPath]?
    public var optional: Bool?

    public init(name: String = "", items: [KeyToPath]? = nil, optional: Bool? = nil) {
        self.name = name
        self.items = items
        self.optional = optional
    }
}

extension SecretProjection {
    public static let schema = Schema(
        "io.k8s.api.core.v1.SecretProjection",
        "The keys of a Secret as files of a projected volume.",
        [
            .field("name", .string, "The Secret.", present: true),
            .field("items", .array(.object(KeyToPath.self)), "Only these keys, under these paths."),
            .field("optional", .boolean, "Whether the Secret or a key may be missing."),
        ])
}

/// The keys of a ConfigMap as files of a projected volume.
public struct ConfigMapProjection: Codable, Sendable, Equatable, Described {
    public var name: String
    public var items: [KeyToPath]?
    public var optional: Bool?

    public init(name: String = "", items: [KeyToPath]? = nil, optional: Bool? = nil) {
        self.name = name
        self.items = items
        self.optional = optional
    }
}

extension ConfigMapProjection {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ConfigMapProjection",
        "The keys of a ConfigMap as files of a projected volume.",
        [
            .field("name", .string, "The ConfigMap.", present: true),
            .field("items", .array(.object(KeyToPath.self)), "Only these keys, under these paths."),
            .field("optional", .boolean, "Whether the ConfigMap or a key may be missing."),
        ])
}

/// Facts about the pod as files of a projected volume.
public struct DownwardAPIProjection: Codable, Sendable, Equatable, Described {
    public var items: [DownwardAPIVolumeFile]?

    public init(items: [DownwardAPIVolumeFile]? = nil) {
        self.items = items
    }
}

extension DownwardAPIProjection {
    public static let schema = Schema(
        "io.k8s.api.core.v1.DownwardAPIProjection",
        "Facts about the pod as files of a projected volume.",
        [
            .field("items", .array(.object(DownwardAPIVolumeFile.self)), "The files.")
        ])
}
