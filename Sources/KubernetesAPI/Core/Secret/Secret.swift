/// Confidential keys and values.
public struct Secret: APIObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var immutable: Bool?
    public var data: [String: Base64Bytes]?
    public var stringData: [String: String]?
    public var type: String?

    public init(
        metadata: ObjectMeta = ObjectMeta(), immutable: Bool? = nil, data: [String: Base64Bytes]? = nil,
        stringData: [String: String]? = nil, type: String? = nil
    ) {
        self.metadata = metadata
        self.immutable = immutable
        self.data = data
        self.stringData = stringData
        self.type = type
    }
}

extension Secret {
    public static let resource = ResourceType(kind: "Secret", plural: "secrets", namespaced: true)

    public static let schema = Schema(
        "io.k8s.api.core.v1.Secret",
        "Confidential keys and values.",
        [
            .apiVersion, .kind, .metadata,
            .field("immutable", .boolean, "Whether its data may never change again."),
            .field("data", .map(.bytes), "Bytes by key, as base64."),
            .field("stringData", .map(.string), "Text by key; folded into data by a write."),
            .field("type", .string, "What the keys mean. Default: Opaque."),
        ])
}
