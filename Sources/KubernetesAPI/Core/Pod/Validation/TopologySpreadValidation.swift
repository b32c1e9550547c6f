/// Source: pkg/apis/core/validation, validateTopologySpreadConstraints (v1.33).
extension TopologySpreadConstraint {
    static func validate(
        _ constraints: [TopologySpreadConstraint], at path: FieldPath, _ errors: inout [FieldError]
    ) {
        for (index, constraint) in constraints.enumerated() {
            constraint.validate(at: path[index], &errors)
            let isRepeated = constraints[..<index].contains {
                $0.topologyKey == constraint.topologyKey && $0.whenUnsatisfiable == constraint.whenUnsatisfiable
            }
            if isRepeated {
                errors.duplicate(
                    FieldPath("\(path[index]).{topologyKey, whenUnsatisfiable}"),
                    "{\(constraint.topologyKey), \(constraint.whenUnsatisfiable)}")
            }
        }
    }

    private func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        let positive = "must be greater than zero"
        if maxSkew <= 0 { errors.invalid(path.maxSkew, maxSkew, positive) }
        errors.topologyKey(path.topologyKey, topologyKey)
        if !["DoNotSchedule", "ScheduleAnyway"].contains(whenUnsatisfiable) {
            errors.notSupported(path.whenUnsatisfiable, whenUnsatisfiable, ["DoNotSchedule", "ScheduleAnyway"])
        }
        if let minDomains {
            if minDomains <= 0 { errors.invalid(path.minDomains, minDomains, positive) }
            if whenUnsatisfiable != "DoNotSchedule" {
                errors.invalid(
                    path.minDomains, minDomains,
                    "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not \(whenUnsatisfiable)")
            }
        }
        for (path, policy) in [
            (path.nodeAffinityPolicy, nodeAffinityPolicy), (path.nodeTaintsPolicy, nodeTaintsPolicy),
        ] {
            if let policy, !["Honor", "Ignore"].contains(policy) {
                errors.notSupported(path, policy, ["Honor", "Ignore"])
            }
        }
        errors.labelKeys(path.matchLabelKeys, matchLabelKeys ?? [], besides: labelSelector)
        let keys =
            Array((labelSelector?.matchLabels ?? [:]).keys) + (labelSelector?.matchExpressions ?? []).map(\.key)
        for (index, key) in (matchLabelKeys ?? []).enumerated() where keys.contains(key) {
            errors.invalid(path.matchLabelKeys[index], key, "exists in both matchLabelKeys and labelSelector")
        }
        labelSelector?.validate(at: path.labelSelector, &errors)
    }
}
