/// Source: pkg/apis/core/validation/events.go (the rules for core/v1 events).
extension Event {
    public func validate(updating old: Event?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        let path = FieldPath("involvedObject.namespace")
        let namespace = metadata.namespace ?? ""
        let involved = involvedObject.namespace ?? ""
        // Events about objects without a namespace live in `default`.
        if involved.isEmpty ? !["", "default"].contains(namespace) : involved != namespace {
            errors.invalid(path, involved, "does not match event.namespace")
        }
        return errors
    }

    public var selectableFields: [String: String] {
        [
            "involvedObject.kind": involvedObject.kind ?? "",
            "involvedObject.namespace": involvedObject.namespace ?? "",
            "involvedObject.name": involvedObject.name ?? "",
            "involvedObject.uid": involvedObject.uid ?? "",
            "involvedObject.apiVersion": involvedObject.apiVersion ?? "",
            "involvedObject.resourceVersion": involvedObject.resourceVersion ?? "",
            "involvedObject.fieldPath": involvedObject.fieldPath ?? "",
            "reason": reason ?? "",
            "reportingComponent": reportingComponent,
            "source": source.component.isEmpty ? reportingComponent : source.component ?? "",
            "type": type ?? "",
        ]
    }
    public static var selectableFieldNames: [String] {
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
            "reportingComponent", "source", "type",
        ]
    }
}
