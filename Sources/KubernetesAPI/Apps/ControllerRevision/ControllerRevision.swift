/// One version of what a controller was to run, kept so that `kubectl rollout undo` can go back to it.
public struct ControllerRevision: APIObject {
    public var apiVersion: String? = resource.apiVersion
    public var kind: String? = resource.kind
    public var metadata: ObjectMeta
    /// A patch that makes the owner what it was; never changes.
    public var data: RevisionData?
    /// Counts up; the highest is the newest.
    public var revision: Int64

    public init(metadata: ObjectMeta = ObjectMeta(), data: RevisionData? = nil, revision: Int64 = 0) {
        self.metadata = metadata
        self.data = data
        self.revision = revision
    }
}

extension ControllerRevision {
    public static let resource = ResourceType(
        group: "apps", kind: "ControllerRevision", plural: "controllerrevisions", namespaced: true)

    public static let schema = Schema(
        "io.k8s.api.apps.v1.ControllerRevision",
        "One version of what a controller was to run.",
        [
            .apiVersion, .kind, .metadata,
            .field("data", .object(RevisionData.self), "A patch that makes the owner what it was."),
            .field("revision", .int64, "Counts up; the highest is the newest.", required: true, present: true),
        ])

    /// Source: pkg/apis/apps/validation ValidateControllerRevision (v1.33).
    public func validate(updating old: ControllerRevision?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        if data == nil { errors.required(FieldPath("data"), "data is mandatory") }
        errors.nonNegative(FieldPath("revision"), revision)
        if let old, old.data != data {
            errors.append(FieldError(.invalid, "data", value: "{...}", "field is immutable"))
        }
        return errors
    }

    /// Source: pkg/printers/internalversion/printers.go (v1.33).
    public static var columns: [TableColumn<ControllerRevision>] {
        [
            .name,
            TableColumn("Controller", description: "Whose version it is.") { revision, _ in
                guard let owner = revision.metadata.controllerReference else { return "<none>" }
                let parts = owner.apiVersion.split(separator: "/")
                let kind = owner.kind.lowercased() + (parts.count == 2 ? ".\(parts[0])" : "")
                return .string("\(kind)/\(owner.name)")
            },
            TableColumn("Revision", type: "integer", description: "The version's number.") { revision, _ in
                .count(revision.revision)
            },
            .age,
        ]
    }
}
