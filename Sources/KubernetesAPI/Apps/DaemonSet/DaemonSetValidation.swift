/// Source: pkg/apis/apps/validation (v1.33).
extension DaemonSet {
    public func validate(updating old: DaemonSet?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        let path = FieldPath.spec
        spec.selector.validate(choosing: spec.template, kind: "daemonset", at: path, &errors)
        spec.template.validate(at: path.template, &errors)
        if let policy = spec.template.spec.restartPolicy, ["OnFailure", "Never"].contains(policy) {
            errors.notSupported(path.template.spec.restartPolicy, policy, ["Always"])
        }
        if spec.template.spec.activeDeadlineSeconds != nil {
            errors.forbidden(
                path.template.spec.activeDeadlineSeconds, "activeDeadlineSeconds in DaemonSet is not Supported")
        }
        errors.nonNegative(path.minReadySeconds, spec.minReadySeconds)
        spec.updateStrategy.validate(at: path.updateStrategy, &errors)
        errors.nonNegative(path.revisionHistoryLimit, spec.revisionHistoryLimit)
        if let old { errors.immutable(path.selector, spec.selector, old.spec.selector) }
        return errors
    }
}

extension DaemonSetUpdateStrategy {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        switch type {
        case "OnDelete": break
        case "RollingUpdate":
            guard let rollingUpdate else { return errors.required(path.rollingUpdate) }
            rollingUpdate.validate(at: path.rollingUpdate, &errors)
        default: errors.notSupported(path.type, type ?? "", ["OnDelete", "RollingUpdate"])
        }
    }
}

extension RollingUpdateDaemonSet {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.share(path.maxUnavailable, maxUnavailable)
        errors.share(path.maxSurge, maxSurge)
        let surges = !(maxSurge.map(Self.isZero) ?? true)
        let lacks = !(maxUnavailable.map(Self.isZero) ?? true)
        if surges, lacks, let maxSurge {
            errors.invalid(path.maxSurge, maxSurge, "may not be set when maxUnavailable is non-zero")
        }
        // No pod could ever be exchanged.
        if !surges, !lacks { errors.required(path.maxUnavailable, "cannot be 0 when maxSurge is 0") }
    }

    private static func isZero(_ value: IntOrString) -> Bool { value == .int(0) || value.percentage == 0 }
}
