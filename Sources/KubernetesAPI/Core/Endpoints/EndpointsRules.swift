/// Source: pkg/apis/core/v1/defaults.go and validation (v1.33).
extension Endpoints {
    public func validate(updating old: Endpoints?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        return errors
    }
}
