/// Source: pkg/apis/policy/validation (v1.33).
extension PodDisruptionBudget {
    public func validate(updating old: PodDisruptionBudget?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        let path = FieldPath.spec
        if spec.minAvailable != nil, spec.maxUnavailable != nil {
            errors.invalid(path, spec, "minAvailable and maxUnavailable cannot be both set")
        }
        errors.share(path.minAvailable, spec.minAvailable)
        errors.share(path.maxUnavailable, spec.maxUnavailable)
        spec.selector?.validate(at: path.selector, &errors)
        if let policy = spec.unhealthyPodEvictionPolicy, !PodDisruptionBudgetSpec.policies.contains(policy) {
            errors.notSupported(path.unhealthyPodEvictionPolicy, policy, PodDisruptionBudgetSpec.policies)
        }
        return errors
    }
}

extension [FieldError] {
    /// A number from 0 on, or a percentage up to 100.
    mutating func share(_ path: FieldPath, _ value: IntOrString?) {
        switch value {
        case nil: break
        case .int(let number): nonNegative(path, number)
        case .string(let text):
            invalid(path, text, ValueRules.percent(text))
            if let percentage = IntOrString.string(text).percentage, percentage > 100 {
                invalid(path, text, "must not be greater than 100%")
            }
        }
    }
}

extension PodDisruptionBudgetSpec: ShownInErrors {
    var shown: String {
        var parts: [String] = []
        if let minAvailable { parts.append("\"minAvailable\":\(minAvailable.shown)") }
        if let selector { parts.append("\"selector\":\(selector.shown)") }
        if let maxUnavailable { parts.append("\"maxUnavailable\":\(maxUnavailable.shown)") }
        return "{\(parts.joined(separator: ","))}"
    }
}
