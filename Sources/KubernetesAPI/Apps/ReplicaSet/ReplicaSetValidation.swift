/// Source: pkg/apis/apps/validation (v1.33).
extension ReplicaSet {
    public func validate(updating old: ReplicaSet?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        let path = FieldPath.spec
        errors.nonNegative(path.replicas, spec.replicas)
        errors.nonNegative(path.minReadySeconds, spec.minReadySeconds)
        spec.selector.validate(choosing: spec.template, kind: "replicaset", at: path, &errors)
        spec.template.validateForReplicaSet(at: path.template, &errors)
        if let old { errors.immutable(path.selector, spec.selector, old.spec.selector) }
        return errors
    }
}

extension LabelSelector {
    /// A workload's selector: it must be there, and choose the pods that the template makes.
    ///
    /// A missing selector is an empty one once it is decoded; Kubernetes tells the two apart, so both are answered as it
    /// answers the missing one, and the empty one's words follow.
    func validate(
        choosing template: PodTemplateSpec, kind: String, at path: FieldPath, _ errors: inout [FieldError]
    ) {
        if isEmpty {
            if matchLabels == nil, matchExpressions == nil {
                errors.required(path.selector)
            } else {
                errors.invalid(path.selector, self, "empty selector is invalid for \(kind)")
            }
            return
        }
        validate(at: path.selector, &errors)
        do {
            guard try !selector().matches(template.metadata.labels) else { return }
            errors.invalid(
                path.template.metadata.labels, template.metadata.labels ?? [:],
                "`selector` does not match template `labels`")
        } catch {
            errors.invalid(path.selector, self, "invalid label selector")
        }
    }
}

extension PodTemplateSpec {
    /// A ReplicaSet replaces pods that end, so its pods must not end by themselves.
    func validateForReplicaSet(at path: FieldPath, _ errors: inout [FieldError]) {
        validate(at: path, &errors)
        if let policy = spec.restartPolicy, ["OnFailure", "Never"].contains(policy) {
            errors.notSupported(path.spec.restartPolicy, policy, ["Always"])
        }
        if spec.activeDeadlineSeconds != nil {
            errors.forbidden(
                path.spec.activeDeadlineSeconds, "activeDeadlineSeconds in ReplicaSet is not Supported")
        }
    }
}
