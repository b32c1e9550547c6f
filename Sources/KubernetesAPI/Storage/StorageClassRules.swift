/// Source: pkg/apis/storage/v1/defaults.go and validation (v1.33).
extension StorageClass {
    public mutating func applyDefaults() {
        reclaimPolicy.setIfEmpty("Delete")
        volumeBindingMode.setIfEmpty("Immediate")
    }

    public func validate(updating old: StorageClass?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        if provisioner.isEmpty {
            errors.required(FieldPath("provisioner"))
        } else {
            errors.invalid(FieldPath("provisioner"), provisioner, NameRules.qualifiedName(provisioner.lowercased()))
        }
        validateParameters(at: FieldPath("parameters"), &errors)
        errors.choice(FieldPath("reclaimPolicy"), reclaimPolicy, ["Delete", "Retain"])
        errors.choice(FieldPath("volumeBindingMode"), volumeBindingMode, ["Immediate", "WaitForFirstConsumer"])
        if allowVolumeExpansion == true { errors.unsupported(FieldPath("allowVolumeExpansion"), "growing a volume") }
        if let old {
            if (parameters ?? [:]) != (old.parameters ?? [:]) {
                errors.forbidden(FieldPath("parameters"), "updates to parameters are forbidden.")
            }
            if provisioner != old.provisioner {
                errors.forbidden(FieldPath("provisioner"), "updates to provisioner are forbidden.")
            }
            errors.immutable(FieldPath("reclaimPolicy"), reclaimPolicy, old.reclaimPolicy)
            errors.immutable(FieldPath("volumeBindingMode"), volumeBindingMode, old.volumeBindingMode)
        }
        return errors
    }

    private func validateParameters(at path: FieldPath, _ errors: inout [FieldError]) {
        let parameters = parameters ?? [:]
        if parameters.count > 512 { errors.tooLong(path, limit: 512) }
        if parameters[""] != nil { errors.invalid(path, "", "field can not be empty.") }
        let limit = 256 * 1024
        let size = parameters.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if size > limit { errors.tooLong(path, limit: limit) }
    }
}
