/// Names another object, or a part of it.
public struct ObjectReference: Codable, Sendable, Equatable, Hashable, Described {
    public var kind: String?
    public var namespace: String?
    public var name: String?
    public var uid: String?
    public var apiVersion: String?
    public var resourceVersion: String?
    public var fieldPath: String?

    public init(
        kind: String? = nil, namespace: String? = nil, name: String? = nil, uid: String? = nil,
        apiVersion: String? = nil, resourceVersion: String? = nil, fieldPath: String? = nil
    ) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.apiVersion = apiVersion
        self.resourceVersion = resourceVersion
        self.fieldPath = fieldPath
    }
}

extension ObjectReference {
    public static let schema = Schema(
        "io.k8s.api.core.v1.ObjectReference",
        "Names another object, or a part of it.",
        [
            .field("kind", .string, "Its kind."),
            .field("namespace", .string, "Its namespace."),
            .field("name", .string, "Its name."),
            .field("uid", .string, "Its uid."),
            .field("apiVersion", .string, "Its group and version."),
            .field("resourceVersion", .string, "The revision that is meant."),
            .field("fieldPath", .string, "The part that is meant, such as spec.containers{nginx}."),
        ])
}

/// Names an object in the same namespace.
public struct LocalObjectReference: Codable, Sendable, Equatable, Hashable, Described {
    public var name: String?

    public init(name: String? = nil) {
        self.name = name
    }
}

extension LocalObjectReference {
    public static let schema = Schema(
        "io.k8s.api.core.v1.LocalObjectReference",
        "Names an object in the same namespace.",
        [
            .field("name", .string, "Its name.")
        ])
}
