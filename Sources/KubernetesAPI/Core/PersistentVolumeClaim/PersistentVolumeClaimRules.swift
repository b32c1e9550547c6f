/// Source: pkg/apis/core/v1/defaults.go and validation (v1.33).
extension PersistentVolumeClaim {
    public var initialStatus: PersistentVolumeClaimStatus { PersistentVolumeClaimStatus(phase: "Pending") }

    public mutating func applyDefaults() {
        status.phase.setIfEmpty("Pending")
        spec.volumeMode.setIfEmpty("Filesystem")
        spec.resources.limits = spec.resources.limits?.mapValues { $0.roundedToMilli }
        spec.resources.requests = spec.resources.requests?.mapValues { $0.roundedToMilli }
    }

    public func validate(updating old: PersistentVolumeClaim?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        spec.validate(at: .spec, &errors)
        if let old { spec.validateUpdate(from: old.spec, at: .spec, &errors) }
        return errors
    }
}

extension PersistentVolumeClaimSpec {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.accessModes(path.accessModes, accessModes ?? [], missing: "at least 1 access mode is required")
        selector?.validate(at: path.selector, &errors)
        let storage = path.resources["storage"]
        if let request = resources.requests?["storage"] {
            errors.amount(storage, request, positive: true)
            if let limit = resources.limits?["storage"], request > limit {
                errors.invalid(
                    path.resources.requests, request, "must be less than or equal to storage limit of \(limit)")
            }
        } else {
            errors.required(storage)
        }
        errors.name(path.storageClassName, storageClassName, NameRules.subdomain, required: false)
        errors.name(path.volumeName, volumeName, NameRules.subdomain, required: false)
        errors.choice(path.volumeMode, volumeMode, ["Filesystem"])
    }

    /// A claim is bound once, and given a class once; beyond that it stays as it is.
    ///
    /// Kubernetes also lets a bound claim grow where its class allows that; no class here does.
    fileprivate func validateUpdate(
        from old: PersistentVolumeClaimSpec, at path: FieldPath, _ errors: inout [FieldError]
    ) {
        var expected = old
        if old.volumeName.isEmpty { expected.volumeName = volumeName }
        if old.storageClassName == nil { expected.storageClassName = storageClassName }
        guard self != expected else { return }
        var resized = expected
        resized.resources = resources
        if self == resized {
            errors.forbidden(path.resources, "a claim of another size is not supported by swiftlet")
        } else {
            errors.forbidden(
                path,
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
            )
        }
    }
}
