/// An environment variable.
public struct EnvVar: Codable, Sendable, Equatable, Described {
    public var name: String
    public var value: String?
    public var valueFrom: EnvVarSource?

    public init(name: String, value: String? = nil, valueFrom: EnvVarSource? = nil) {
        self.name = name
        self.value = value
        self.valueFrom = valueFrom
    }
}

extension EnvVar {
    public static let schema = Schema(
        "io.k8s.api.core.v1.EnvVar",
        "An environment variable.",
        [
            .field("name", .string, "Its name.", required: true, present: true),
            .field("value", .string, "Its value; $(NAME) is replaced by an earlier variable, $$ stands for $."),
            .field("valueFrom", .object(EnvVarSource.self), "Where its value comes from, instead."),
        ])
}

/// Where an environment variable's value comes from; exactly one member.
public struct EnvVarSource: Codable, Sendable, Equatable, Described {
    public var fieldRef: ObjectFieldSelector?
    public var resourceFieldRef: ResourceFieldSelector?
    public var configMapKeyRef: ConfigMapKeySelector?
    public var secretKeyRef: SecretKeySelector?

    public init(
        fieldRef: ObjectFieldSelector? = nil, resourceFieldRef: ResourceFieldSelector? = nil,
        configMapKeyRef: ConfigMapKeySelector? = nil, secretKeyRef: SecretKeySelector? = nil
    ) {
        self.fieldRef = fieldRef
        self.resourceFieldRef = resourceFieldRef
        self.configMapKeyRef = configMapKeyRef
        self.secretKeyRef = secretKeyRef
    }
}

extension EnvVarSource {
    public static let schema = Schema(
        "io.k8s.api.core.v1.EnvVarSource",
        "Where an environment variable's value comes from; exactly one member.",
        [
            .field("fieldRef", .object(ObjectFieldSelector.self), "A field of the pod."),
            .field("resourceFieldRef", .object(ResourceFieldSelector.self), "A resource of a container."),
            .field("configMapKeyRef", .object(ConfigMapKeySelector.self), "A key of a ConfigMap."),
            .field("secretKeyRef", .object(SecretKeySelector.self), "A key of a Secret."),
            .refused("fileKeyRef"),
        ])
}

/// Names a field of the pod.
public struct ObjectFieldSelector: Codable, Sendable, Equatable, Described {
    public var apiVersion: String?
    public var fieldPath: String

    public init(apiVersion: String? = nil, fieldPath: String) {
        self.apiVersion = apiVersion
        self.fieldPath = fieldPath
    }
}

extension ObjectFieldSelector {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ObjectFieldSelector",
        "Names a field of the pod.",
        [
            .field("apiVersion", .string, "The version that fieldPath is written in. Default: v1."),
            .field(
                "fieldPath", .string,
                "The field, such as metadata.name or status.podIP.", required: true, present: true),
        ])
}

/// Names a resource of a container.
public struct ResourceFieldSelector: Codable, Sendable, Equatable, Described {
    public var containerName: String?
    public var resource: String
    public var divisor: Quantity?

    public init(containerName: String? = nil, resource: String, divisor: Quantity? = nil) {
        self.containerName = containerName
        self.resource = resource
        self.divisor = divisor
    }
}

extension ResourceFieldSelector {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ResourceFieldSelector",
        "Names a resource of a container.",
        [
            .field(
                "containerName", .string,
                "The container; needed in volumes, the same container by default in variables."),
            .field("resource", .string, "Such as limits.cpu or requests.memory.", required: true, present: true),
            .field("divisor", .quantity, "The unit of the result. Default: 1."),
        ])
}

/// Names a key of a ConfigMap.
public struct ConfigMapKeySelector: Codable, Sendable, Equatable, Described {
    public var name: String
    public var key: String
    public var optional: Bool?

    public init(name: String = "", key: String, optional: Bool? = nil) {
        self.name = name
        self.key = key
        self.optional = optional
    }
}

extension ConfigMapKeySelector {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ConfigMapKeySelector",
        "Names a key of a ConfigMap.",
        [
            .field("name", .string, "The ConfigMap.", present: true),
            .field("key", .string, "The key.", required: true, present: true),
            .field("optional", .boolean, "Whether the ConfigMap or key may be missing."),
        ])
}

/// Names a key of a Secret.
public struct SecretKeySelector: Codable, Sendable, Equatable, Described {
    public var name: String
    public var key: String
    public var optional: Bool?

    public init(name: String = "", key: String, optional: Bool? = nil) {
        self.name = name
        self.key = key
        self.optional = optional
    }
}

extension SecretKeySelector {
    public static let schema = Schema(
        "io.k8s.api.core.v1.SecretKeySelector",
        "Names a key of a Secret.",
        [
            .field("name", .string, "The Secret.", present: true),
            .field("key", .string, "The key.", required: true, present: true),
            .field("optional", .boolean, "Whether the Secret or key may be missing."),
        ])
}
