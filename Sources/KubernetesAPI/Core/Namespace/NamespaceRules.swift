/// Source: pkg/apis/core/v1/defaults.go and validation (v1.33).
extension Namespace {
    /// Who empties a namespace before it goes.
    public static let finalizer = "kubernetes"

    public var initialStatus: NamespaceStatus { NamespaceStatus(phase: "Active") }

    public mutating func applyDefaults() {
        // So that a label selector can name one namespace.
        if let name = metadata.name, !name.isEmpty {
            metadata.labels = (metadata.labels ?? [:]).merging(["kubernetes.io/metadata.name": name]) { _, new in new }
        }
        status.phase.setIfEmpty("Active")
    }

    public mutating func prepareForCreate() {
        status = initialStatus
        metadata.generation = nil
        let finalizers = spec.finalizers ?? []
        spec.finalizers = finalizers.contains(Self.finalizer) ? finalizers : finalizers + [Self.finalizer]
    }

    /// Who is to empty the namespace may let go only once it is being deleted: a manifest without finalizers, written over a
    /// living namespace, must not make its deletion leave everything behind.
    public mutating func prepareForUpdate(from old: Namespace) {
        status = old.status
        if old.metadata.deletionTimestamp == nil { spec.finalizers = old.spec.finalizers }
        metadata.generation = old.metadata.generation
    }

    public func validate(updating old: Namespace?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, name: NameRules.label, updating: old?.metadata, &errors)
        for (index, finalizer) in (spec.finalizers ?? []).enumerated() {
            errors.invalid(FieldPath.spec.finalizers[index], finalizer, NameRules.qualifiedName(finalizer))
        }
        return errors
    }

    public var selectableFields: [String: String] {
        ["status.phase": status.phase ?? "", "name": metadata.name ?? ""]
    }
    public static var selectableFieldNames: [String] { ["status.phase", "name"] }
}
