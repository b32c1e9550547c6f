extension PodSpec {
    private static let changeable = [
        "`spec.containers[*].image`", "`spec.initContainers[*].image`", "`spec.activeDeadlineSeconds`",
        "`spec.tolerations` (only additions to existing tolerations)",
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    ]

    /// A pod that runs cannot become another one: only a few fields may change.
    func validateUpdate(from old: PodSpec, at path: FieldPath, _ errors: inout [FieldError]) {
        let before = errors.count
        if containers.count != old.containers.count {
            errors.forbidden(path.containers, "pod updates may not add or remove containers")
        }
        if (initContainers ?? []).count != (old.initContainers ?? []).count {
            errors.forbidden(path.initContainers, "pod updates may not add or remove containers")
        }
        guard errors.count == before else { return }
        validateDeadline(from: old, at: path.activeDeadlineSeconds, &errors)
        validateTolerations(from: old, at: path.tolerations, &errors)

        // With what may change put back, nothing else may differ.
        var rest = self
        for index in rest.containers.indices { rest.containers[index].image = old.containers[index].image }
        for index in (rest.initContainers ?? []).indices {
            rest.initContainers?[index].image = old.initContainers?[index].image ?? ""
        }
        rest.activeDeadlineSeconds = old.activeDeadlineSeconds
        rest.tolerations = old.tolerations
        if let grace = old.terminationGracePeriodSeconds, grace < 0, terminationGracePeriodSeconds == 1 {
            rest.terminationGracePeriodSeconds = grace
        }
        if rest != old {
            errors.forbidden(
                path,
                "pod updates may not change fields other than \(Self.changeable.joined(separator: ","))")
        }
    }

    /// A deadline may be set or come closer.
    private func validateDeadline(from old: PodSpec, at path: FieldPath, _ errors: inout [FieldError]) {
        switch (old.activeDeadlineSeconds, activeDeadlineSeconds) {
        case (let before?, let now?) where now > before:
            errors.invalid(path, now, "must be less than or equal to previous value")
        case (.some, nil):
            errors.append(
                FieldError(
                    .invalid, path.description, value: "null",
                    "must not update from a positive integer to nil value"))
        default: break
        }
    }

    private func validateTolerations(from old: PodSpec, at path: FieldPath, _ errors: inout [FieldError]) {
        func withoutSeconds(_ tolerations: [Toleration]?) -> [Toleration] {
            (tolerations ?? []).map { toleration in
                var toleration = toleration
                toleration.tolerationSeconds = nil
                return toleration
            }
        }
        if !Set(withoutSeconds(old.tolerations)).isSubset(of: withoutSeconds(tolerations)) {
            errors.forbidden(path, "existing toleration can not be modified except its tolerationSeconds")
        }
    }
}
