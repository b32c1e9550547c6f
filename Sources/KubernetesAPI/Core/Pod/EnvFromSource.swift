/// Takes every key of a ConfigMap or Secret as an environment variable.
public struct EnvFromSource: Codable, Sendable, Equatable, Described {
    public var prefix: String?
    public var configMapRef: ConfigMapEnvSource?
    public var secretRef: SecretEnvSource?

    public init(prefix: String? = nil, configMapRef: ConfigMapEnvSource? = nil, secretRef: SecretEnvSource? = nil) {
        self.prefix = prefix
        self.configMapRef = configMapRef
        self.secretRef = secretRef
    }
}

extension EnvFromSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.EnvFromSource",
        "Takes every key of a ConfigMap or Secret as an environment variable.",
        [
            .field("prefix", .string, "Put before every name."),
            .field("configMapRef", .object(ConfigMapEnvSource.self), "The ConfigMap."),
            .field("secretRef", .object(SecretEnvSource.self), "The Secret."),
        ])
}

/// Names a ConfigMap.
public struct ConfigMapEnvSource: Codable, Sendable, Equatable, Described {
    public var name: String
    public var optional: Bool?

    public init(name: String = "", optional: Bool? = nil) {
        self.name = name
        self.optional = optional
    }
}

extension ConfigMapEnvSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ConfigMapEnvSource",
        "Names a ConfigMap.",
        [
            .field("name", .string, "The ConfigMap.", present: true),
            .field("optional", .boolean, "Whether it may be missing."),
        ])
}

/// Names a Secret.
public struct SecretEnvSource: Codable, Sendable, Equatable, Described {
    public var name: String
    public var optional: Bool?

    public init(name: String = "", optional: Bool? = nil) {
        self.name = name
        self.optional = optional
    }
}

extension SecretEnvSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.SecretEnvSource",
        "Names a Secret.",
        [
            .field("name", .string, "The Secret.", present: true),
            .field("optional", .boolean, "Whether it may be missing."),
        ])
}
