/// An identity for pods.
public struct ServiceAccount: APIObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    public var secrets: [ObjectReference]?
    public var imagePullSecrets: [LocalObjectReference]?
    public var automountServiceAccountToken: Bool?

    public init(
        metadata: ObjectMeta = ObjectMeta(), secrets: [ObjectReference]? = nil,
        imagePullSecrets: [LocalObjectReference]? = nil, automountServiceAccountToken: Bool? = nil
    ) {
        self.metadata = metadata
        self.secrets = secrets
        self.imagePullSecrets = imagePullSecrets
        self.automountServiceAccountToken = automountServiceAccountToken
    }
}

extension ServiceAccount {
    public static let resource = ResourceType(
        kind: "ServiceAccount", plural: "serviceaccounts", shortNames: ["sa"], namespaced: true)

    public static let schema = Schema(
        "io.k8s.api.core.v1.ServiceAccount",
        "An identity for pods.",
        [
            .apiVersion, .kind, .metadata,
            .field(
                "secrets", .array(.object(ObjectReference.self)),
                "Secrets that its pods may use.", mergeKey: "name"),
            .field(
                "imagePullSecrets", .array(.object(LocalObjectReference.self)),
                "Credentials for pulling images; images here are imported, so none are needed."),
            .field(
                "automountServiceAccountToken", .boolean,
                "Whether its pods mount its token; only false is supported."),
        ])
}
