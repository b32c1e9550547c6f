extension Toleration {
    static func validate(_ tolerations: [Toleration], at path: FieldPath, _ errors: inout [FieldError]) {
        for (index, toleration) in tolerations.enumerated() { toleration.validate(at: path[index], &errors) }
    }

    private func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        let value = value ?? ""
        let given = `operator` ?? ""
        if let key, !key.isEmpty {
            errors.invalid(path.key, key, NameRules.qualifiedName(key))
        } else if given != "Exists" {
            errors.invalid(
                path.operator, given,
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"")
        }
        if tolerationSeconds != nil, effect != "NoExecute" {
            errors.invalid(path.effect, effect ?? "", "effect must be 'NoExecute' when `tolerationSeconds` is set")
        }
        switch given {
        case "", "Equal": errors.invalid(path.operator, value, NameRules.labelValue(value))
        case "Exists":
            if !value.isEmpty {
                errors.invalid(path.operator, value, "value must be empty when `operator` is 'Exists'")
            }
        default: errors.notSupported(path.operator, given, ["Equal", "Exists"])
        }
        errors.choice(path.effect, effect, Taint.effects)
    }
}

extension Taint {
    static let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
}
