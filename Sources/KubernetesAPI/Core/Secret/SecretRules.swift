/// Source: pkg/apis/core/v1/defaults.go, conversion.go and validation (v1.33).
extension Secret {
    static let sizeLimit = 1024 * 1024

    public mutating func applyDefaults() {
        type.setIfEmpty("Opaque")
        // Text is a convenience of writes: it is folded in, and never read back.
        if let text = stringData {
            data = (data ?? [:]).merging(text.mapValues { Base64Bytes($0) }) { _, text in text }
            stringData = nil
        }
    }

    public func validate(updating old: Secret?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        let path = FieldPath("data")
        var size = 0
        for (key, value) in (data ?? [:]).sorted(by: { $0.key < $1.key }) {
            errors.invalid(path[key], key, ValueRules.configMapKey(key))
            size += value.bytes.count
        }
        if size > Self.sizeLimit { errors.tooLong(path, limit: Self.sizeLimit) }
        validateType(at: path, &errors)
        if let old {
            errors.immutable(FieldPath("type"), type, old.type)
            if old.immutable == true {
                let why = "field is immutable when `immutable` is set"
                if immutable != true { errors.forbidden(FieldPath("immutable"), why) }
                if (data ?? [:]) != (old.data ?? [:]) { errors.forbidden(path, why) }
            }
        }
        return errors
    }

    /// What a secret of a well-known type must hold.
    private func validateType(at path: FieldPath, _ errors: inout [FieldError]) {
        let keys = Set((data ?? [:]).keys)
        func need(_ key: String) {
            if !keys.contains(key) { errors.required(path[key]) }
        }
        switch type {
        case "kubernetes.io/service-account-token":
            let annotation = "kubernetes.io/service-account.name"
            if (metadata.annotations?[annotation]).isEmpty {
                errors.required(FieldPath.metadata.annotations[annotation])
            }
        case "kubernetes.io/dockercfg": need(".dockercfg")
        case "kubernetes.io/dockerconfigjson": need(".dockerconfigjson")
        case "kubernetes.io/basic-auth":
            if keys.isDisjoint(with: ["username", "password"]) {
                errors.required(path["username"])
                errors.required(path["password"])
            }
        case "kubernetes.io/ssh-auth": need("ssh-privatekey")
        case "kubernetes.io/tls":
            need("tls.crt")
            need("tls.key")
        default: break
        }
    }

    public var selectableFields: [String: String] { ["type": type ?? ""] }
    public static var selectableFieldNames: [String] { ["type"] }
}
