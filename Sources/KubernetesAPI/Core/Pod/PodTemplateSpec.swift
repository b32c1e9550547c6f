/// What pods made by a controller look like.
public struct PodTemplateSpec: Codable, Sendable, Equatable, Described {
    public var metadata: ObjectMeta
    public var spec: PodSpec

    public init(metadata: ObjectMeta = ObjectMeta(), spec: PodSpec = PodSpec()) {
        self.metadata = metadata
        self.spec = spec
    }
}

extension PodTemplateSpec {
    public static let schema = Schema(
        "io.k8s.api.core.v1.PodTemplateSpec",
        "What pods made by a controller look like.",
        [
            .field("metadata", .object(ObjectMeta.self), "Labels and annotations of the pods.", present: true),
            .field("spec", .object(PodSpec.self), "What the pods run.", present: true),
        ])
}
