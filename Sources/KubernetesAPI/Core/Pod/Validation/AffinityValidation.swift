/// Source: pkg/apis/core/validation, validateAffinity (v1.33).
extension Affinity {
    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        nodeAffinity?.validate(at: path.nodeAffinity, &errors)
        if let podAffinity {
            PodAffinityTerm.validate(
                podAffinity.requiredDuringSchedulingIgnoredDuringExecution,
                podAffinity.preferredDuringSchedulingIgnoredDuringExecution, at: path.podAffinity, &errors)
        }
        if let podAntiAffinity {
            PodAffinityTerm.validate(
                podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution,
                podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution, at: path.podAntiAffinity, &errors)
        }
    }
}

extension NodeAffinity {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        requiredDuringSchedulingIgnoredDuringExecution?.validate(
            at: path.requiredDuringSchedulingIgnoredDuringExecution, &errors)
        for (index, term) in (preferredDuringSchedulingIgnoredDuringExecution ?? []).enumerated() {
            let path = path.preferredDuringSchedulingIgnoredDuringExecution[index]
            errors.weight(path.weight, term.weight)
            term.preference.validate(at: path.preference, &errors)
        }
    }
}

extension PodAffinityTerm {
    fileprivate static func validate(
        _ required: [PodAffinityTerm]?, _ preferred: [WeightedPodAffinityTerm]?, at path: FieldPath,
        _ errors: inout [FieldError]
    ) {
        for (index, term) in (required ?? []).enumerated() {
            term.validate(at: path.requiredDuringSchedulingIgnoredDuringExecution[index], &errors)
        }
        for (index, weighted) in (preferred ?? []).enumerated() {
            let path = path.preferredDuringSchedulingIgnoredDuringExecution[index]
            errors.weight(path.weight, weighted.weight)
            weighted.podAffinityTerm.validate(at: path.podAffinityTerm, &errors)
        }
    }

    private func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        labelSelector?.validate(at: path.labelSelector, &errors)
        namespaceSelector?.validate(at: path.namespaceSelector, &errors)
        for name in namespaces ?? [] { errors.invalid(path.namespace, name, NameRules.label(name)) }
        errors.labelKeys(path.matchLabelKeys, matchLabelKeys ?? [], besides: labelSelector)
        errors.labelKeys(path.mismatchLabelKeys, mismatchLabelKeys ?? [], besides: labelSelector)
        for (index, key) in (mismatchLabelKeys ?? []).enumerated() where matchLabelKeys?.contains(key) == true {
            errors.invalid(path.mismatchLabelKeys[index], key, "exists in both matchLabelKeys and mismatchLabelKeys")
        }
        errors.topologyKey(path.topologyKey, topologyKey)
    }
}

extension [FieldError] {
    fileprivate mutating func weight(_ path: FieldPath, _ weight: Int32) {
        if !(1...100).contains(weight) { invalid(path, weight, "must be in the range 1-100") }
    }

    mutating func topologyKey(_ path: FieldPath, _ key: String) {
        if key.isEmpty { return required(path, "can not be empty") }
        invalid(path, key, NameRules.qualifiedName(key))
    }

    /// Labels that are compared with the pod's own; they refine a selector.
    mutating func labelKeys(_ path: FieldPath, _ keys: [String], besides selector: LabelSelector?) {
        if keys.isEmpty { return }
        if selector == nil { forbidden(path, "must not be specified when labelSelector is not set") }
        for (index, key) in keys.enumerated() { invalid(path[index], key, NameRules.qualifiedName(key)) }
    }
}
