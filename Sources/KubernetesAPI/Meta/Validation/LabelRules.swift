/// Source: apimachinery meta/v1/validation.
enum LabelRules {
    static func validate(_ labels: [String: String]?, at path: FieldPath, _ errors: inout [FieldError]) {
        for (key, value) in (labels ?? [:]).sorted(by: { $0.key < $1.key }) {
            errors.invalid(path, key, NameRules.qualifiedName(key))
            errors.invalid(path, value, NameRules.labelValue(value))
        }
    }
}

extension LabelSelector {
    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        LabelRules.validate(matchLabels, at: path.matchLabels, &errors)
        for (index, expression) in (matchExpressions ?? []).enumerated() {
            expression.validate(at: path.matchExpressions[index], &errors)
        }
    }
}

extension LabelSelectorRequirement {
    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
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
        default: errors.invalid(path.operator, `operator`, "not a valid selector operator")
        }
        errors.invalid(path.key, key, NameRules.qualifiedName(key))
        for (index, value) in values.enumerated() {
            errors.invalid(path.values[index], value, NameRules.labelValue(value))
        }
    }
}
