/// Source: pkg/apis/core/validation (v1.33).
extension ConfigMap {
    /// Bytes of all values together.
    static let sizeLimit = 1024 * 1024

    public func validate(updating old: ConfigMap?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        var size = 0
        for (key, value) in (data ?? [:]).sorted(by: { $0.key < $1.key }) {
            let path = FieldPath("data")[key]
            errors.invalid(path, key, ValueRules.configMapKey(key))
            if binaryData?[key] != nil { errors.invalid(path, key, "duplicate of key present in binaryData") }
            size += value.utf8.count
        }
        for (key, value) in (binaryData ?? [:]).sorted(by: { $0.key < $1.key }) {
            errors.invalid(FieldPath("binaryData")[key], key, ValueRules.configMapKey(key))
            size += value.bytes.count
        }
        if size > Self.sizeLimit { errors.tooLong(FieldPath(), limit: Self.sizeLimit) }
        if let old, old.immutable == true {
            let why = "field is immutable when `immutable` is set"
            if immutable != true { errors.forbidden(FieldPath("immutable"), why) }
            if (data ?? [:]) != (old.data ?? [:]) { errors.forbidden(FieldPath("data"), why) }
            if (binaryData ?? [:]) != (old.binaryData ?? [:]) { errors.forbidden(FieldPath("binaryData"), why) }
        }
        return errors
    }
}
