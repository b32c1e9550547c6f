/// The strategic merge patch that a revision of a DaemonSet holds: its template as a whole.
///
/// In Kubernetes the field may be anything; here DaemonSets alone have revisions, and what is not theirs is refused.
public struct RevisionData: Codable, Sendable, Equatable, Described {
    public var spec: RevisionSpec?

    public init(spec: RevisionSpec?) { self.spec = spec }

    /// What a revision keeps of a DaemonSet.
    public init(template: PodTemplateSpec) { spec = RevisionSpec(template: RevisionTemplate(template)) }

    /// What the DaemonSet's template was.
    public var template: PodTemplateSpec? {
        spec?.template.map { PodTemplateSpec(metadata: $0.metadata, spec: $0.spec) }
    }

    public static let schema = Schema(
        "io.k8s.apimachinery.pkg.runtime.RawExtension", "A patch that makes the owner what it was.",
        [.field("spec", .object(RevisionSpec.self), "The part of the owner's spec that has versions.")])
}

public struct RevisionSpec: Codable, Sendable, Equatable, Described {
    public var template: RevisionTemplate?

    public static let schema = Schema(
        "io.swiftlet.RevisionSpec", "The part of a controller's spec that has versions.",
        [.field("template", .object(RevisionTemplate.self), "What the pods looked like.")])
}

/// A pod template and the word that makes a strategic merge patch put it in the place of the other, not into it.
public struct RevisionTemplate: Codable, Sendable, Equatable, Described {
    public var directive: String?
    public var metadata: ObjectMeta
    public var spec: PodSpec

    public init(_ template: PodTemplateSpec) {
        directive = "replace"
        metadata = template.metadata
        spec = template.spec
    }

    private enum CodingKeys: String, CodingKey {
        case directive = "$patch"
        case metadata, spec
    }

    public static let schema = Schema(
        "io.swiftlet.RevisionTemplate", "A pod template in the form of a strategic merge patch.",
        [
            .field("$patch", .string, "replace: the template is not merged."),
            .field("metadata", .object(ObjectMeta.self), "Labels and annotations of the pods.", present: true),
            .field("spec", .object(PodSpec.self), "What the pods ran.", present: true),
        ])
}
