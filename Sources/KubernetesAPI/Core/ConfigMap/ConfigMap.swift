/// Configuration as keys and values.
public struct ConfigMap: APIObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var immutable: Bool?
    public var data: [String: String]?
    public var binaryData: [String: Base64Bytes]?

    public init(
        metadata: ObjectMeta = ObjectMeta(), immutable: Bool? = nil, data: [String: String]? = nil,
        binaryData: [String: Base64Bytes]? = nil
    ) {
        self.metadata = metadata
        self.immutable = immutable
        self.data = data
        self.binaryData = binaryData
    }
}

extension ConfigMap {
    public static let resource = ResourceType(
        kind: "ConfigMap", plural: "configmaps", shortNames: ["cm"], namespaced: true)

    public static let schema = Schema(
        "io.k8s.api.core.v1.ConfigMap",
        "Configuration as keys and values.",
        [
            .apiVersion, .kind, .metadata,
            .field("immutable", .boolean, "Whether its data may never change again."),
            .field("data", .map(.string), "Text by key."),
            .field("binaryData", .map(.bytes), "Bytes by key, as base64."),
        ])
}
