/// Source: pkg/apis/core/v1/defaults.go and validation (v1.33).
extension Service {
    public var initialStatus: ServiceStatus { ServiceStatus() }

    public func validate(updating old: Service?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        return errors
    }
}
