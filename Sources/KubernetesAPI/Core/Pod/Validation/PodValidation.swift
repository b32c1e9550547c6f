/// What Kubernetes refuses of a pod, and what swiftlet does not do yet. Source: pkg/apis/core/validation (v1.33).
extension Pod {
    public func validate(updating old: Pod?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        spec.validate(at: .spec, isPod: true, &errors)
        if let old { spec.validateUpdate(from: old.spec, at: .spec, &errors) }
        return errors
    }
}

extension PodTemplateSpec {
    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        LabelRules.validate(metadata.labels, at: path.metadata.labels, &errors)
        metadata.validateAnnotations(at: path.metadata.annotations, &errors)
        spec.validate(at: path.spec, isPod: false, &errors)
    }
}
