/// Source: pkg/apis/core/validation, ValidateNodeSelector (v1.33).
extension NodeSelector {
    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        if nodeSelectorTerms.isEmpty {
            return errors.required(path.nodeSelectorTerms, "must have at least one node selector term")
        }
        for (index, term) in nodeSelectorTerms.enumerated() {
            term.validate(at: path.nodeSelectorTerms[index], &errors)
        }
    }
}

extension NodeSelectorTerm {
    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        for (index, expression) in (matchExpressions ?? []).enumerated() {
            expression.validateLabel(at: path.matchExpressions[index], &errors)
        }
        for (index, expression) in (matchFields ?? []).enumerated() {
            expression.validateField(at: path.matchFields[index], &errors)
        }
    }
}

extension NodeSelectorRequirement {
    fileprivate func validateLabel(at path: FieldPath, _ errors: inout [FieldError]) {
        let values = values ?? []
        switch `operator` {
        case "In", "NotIn":
            if values.isEmpty {
                errors.required(path.values, "must be specified when `operator` is 'In' or 'NotIn'")
            }
        case "Exists", "DoesNotExist":
            if !values.isEmpty {
                errors.forbidden(path.values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
            }
        case "Gt", "Lt":
            if values.count != 1 {
                errors.required(path.values, "must be specified single value when `operator` is 'Lt' or 'Gt'")
            }
        default: errors.invalid(path.operator, `operator`, "not a valid selector operator")
        }
        errors.invalid(path.key, key, NameRules.qualifiedName(key))
        for (index, value) in values.enumerated() {
            errors.invalid(path.values[index], value, NameRules.labelValue(value))
        }
    }

    fileprivate func validateField(at path: FieldPath, _ errors: inout [FieldError]) {
        let values = values ?? []
        switch `operator` {
        case "In", "NotIn":
            if values.count != 1 {
                errors.required(
                    path.values, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
            }
        default: errors.invalid(path.operator, `operator`, "not a valid selector operator")
        }
        guard key == "metadata.name" else { return errors.invalid(path.key, key, "not a valid field selector key") }
        for (index, value) in values.enumerated() {
            errors.invalid(path.values[index], value, NameRules.subdomain(value))
        }
    }
}
