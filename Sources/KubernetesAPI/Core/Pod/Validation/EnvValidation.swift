extension EnvVar {
    static func validate(_ variables: [EnvVar], at path: FieldPath, _ errors: inout [FieldError]) {
        for (index, variable) in variables.enumerated() {
            let path = path[index]
            errors.name(path.name, variable.name, ValueRules.environmentName)
            guard let source = variable.valueFrom else { continue }
            source.validate(hasValue: !variable.value.isEmpty, at: path.valueFrom, &errors)
        }
    }
}

extension EnvVarSource {
    fileprivate func validate(hasValue: Bool, at path: FieldPath, _ errors: inout [FieldError]) {
        fieldRef?.validate(FieldPaths.environment, at: path.fieldRef, &errors)
        resourceFieldRef?.validate(inVolume: false, at: path.resourceFieldRef, &errors)
        if let ref = configMapKeyRef { validateKey(ref.name, ref.key, at: path.configMapKeyRef, &errors) }
        if let ref = secretKeyRef { validateKey(ref.name, ref.key, at: path.secretKeyRef, &errors) }
        let count =
            (fieldRef == nil ? 0 : 1) + (resourceFieldRef == nil ? 0 : 1) + (configMapKeyRef == nil ? 0 : 1)
            + (secretKeyRef == nil ? 0 : 1)
        if count == 0 {
            errors.invalid(
                path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`")
        } else if hasValue {
            errors.invalid(path, "", "may not be specified when `value` is not empty")
        } else if count > 1 {
            errors.invalid(path, "", "may not have more than one field specified at a time")
        }
    }

    private func validateKey(_ name: String, _ key: String, at path: FieldPath, _ errors: inout [FieldError]) {
        errors.invalid(path.name, name, NameRules.subdomain(name))
        errors.name(path.key, key, ValueRules.configMapKey)
    }
}

extension EnvFromSource {
    static func validate(_ sources: [EnvFromSource], at path: FieldPath, _ errors: inout [FieldError]) {
        for (index, source) in sources.enumerated() {
            let itemPath = path[index]
            errors.name(itemPath.prefix, source.prefix, ValueRules.environmentName, required: false)
            if let ref = source.configMapRef { errors.name(itemPath.configMapRef.name, ref.name, NameRules.subdomain) }
            if let ref = source.secretRef { errors.name(itemPath.secretRef.name, ref.name, NameRules.subdomain) }
            if source.configMapRef == nil, source.secretRef == nil {
                errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")
            } else if source.configMapRef != nil, source.secretRef != nil {
                errors.invalid(path, "", "may not have more than one field specified at a time")
            }
        }
    }
}
