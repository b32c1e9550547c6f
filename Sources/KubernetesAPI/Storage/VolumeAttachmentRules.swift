/// Source: pkg/apis/storage/validation (v1.33), ValidateVolumeAttachment.
extension VolumeAttachment {
    public func validate(updating old: VolumeAttachment?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        let path = FieldPath.spec
        if spec.attacher.isEmpty { errors.required(path.attacher) }
        if spec.nodeName.isEmpty { errors.required(path.nodeName) }
        if (spec.source.persistentVolumeName ?? "").isEmpty {
            errors.required(path.source, "must specify persistentVolumeName")
        }
        if let old, spec != old.spec { errors.forbidden(path, "field is immutable") }
        return errors
    }
}
