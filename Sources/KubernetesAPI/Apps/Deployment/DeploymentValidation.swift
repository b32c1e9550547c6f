/// Source: pkg/apis/apps/validation (v1.33).
extension Deployment {
    public func validate(updating old: Deployment?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        let path = FieldPath.spec
        errors.nonNegative(path.replicas, spec.replicas)
        spec.selector.validate(
            choosing: spec.template, kind: "deployment", at: path, &errors)
        spec.template.validateForReplicaSet(at: path.template, &errors)
        spec.strategy.validate(at: path.strategy, &errors)
        errors.nonNegative(path.minReadySeconds, spec.minReadySeconds)
        errors.nonNegative(path.revisionHistoryLimit, spec.revisionHistoryLimit)
        errors.nonNegative(path.progressDeadlineSeconds, spec.progressDeadlineSeconds)
        if let deadline = spec.progressDeadlineSeconds, deadline <= spec.minReadySeconds ?? 0 {
            errors.invalid(path.progressDeadlineSeconds, deadline, "must be greater than minReadySeconds")
        }
        if let old { errors.immutable(path.selector, spec.selector, old.spec.selector) }
        return errors
    }
}

extension DeploymentStrategy {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        switch type {
        case "Recreate":
            if rollingUpdate != nil {
                errors.forbidden(
                    path.rollingUpdate, "may not be specified when strategy `type` is 'Recreate'")
            }
        case "RollingUpdate": rollingUpdate?.validate(at: path.rollingUpdate, &errors)
        default: errors.notSupported(path.type, type ?? "", ["Recreate", "RollingUpdate"])
        }
    }
}

extension RollingUpdateDeployment {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.count(path.maxUnavailable, maxUnavailable)
        errors.count(path.maxSurge, maxSurge)
        if let maxUnavailable, Self.isZero(maxUnavailable), maxSurge.map(Self.isZero) ?? true {
            // Neither more nor fewer pods than wanted: no pod could ever be exchanged.
            errors.invalid(path.maxUnavailable, maxUnavailable, "may not be 0 when `maxSurge` is 0")
        }
        if let maxUnavailable, let percentage = maxUnavailable.percentage, percentage > 100 {
            errors.invalid(path.maxUnavailable, maxUnavailable, "must not be greater than 100%")
        }
    }

    private static func isZero(_ value: IntOrString) -> Bool { value == .int(0) || value.percentage == 0 }
}

extension [FieldError] {
    /// A number from 0 on, or a percentage.
    fileprivate mutating func count(_ path: FieldPath, _ value: IntOrString?) {
        switch value {
        case nil: break
        case .int(let number): nonNegative(path, number)
        case .string(let text): invalid(path, text, ValueRules.percent(text))
        }
    }
}
