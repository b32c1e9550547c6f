/// Source: pkg/apis/coordination/validation (v1.33).
extension Lease {
    public func validate(updating old: Lease?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        let path = FieldPath.spec
        if let seconds = spec.leaseDurationSeconds, seconds <= 0 {
            errors.invalid(path.leaseDurationSeconds, seconds, "must be greater than 0")
        }
        errors.nonNegative(path.leaseTransitions, spec.leaseTransitions)
        return errors
    }
}
