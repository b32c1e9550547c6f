extension ServiceAccount {
    public func validate(updating old: ServiceAccount?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        if automountServiceAccountToken == true {
            errors.unsupported(FieldPath("automountServiceAccountToken"), "a service account's token in its pods")
        }
        return errors
    }
}
