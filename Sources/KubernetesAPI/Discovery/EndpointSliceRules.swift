/// Source: pkg/apis/discovery/v1/defaults.go and validation (v1.33).
extension EndpointSlice {
    public func validate(updating old: EndpointSlice?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        return errors
    }
}
