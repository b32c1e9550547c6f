extension ResourceRequirements {
    /// What a container can be given a share of. Others exist in Kubernetes; nothing here would hold a container to them.
    static let supported = ["cpu", "memory"]
    private static let unsupported = ["ephemeral-storage"]

    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        for (name, quantity) in (limits ?? [:]).sorted(by: { $0.key < $1.key }) {
            Self.validate(name, quantity, at: path.limits[name], &errors)
        }
        for (name, request) in (requests ?? [:]).sorted(by: { $0.key < $1.key }) {
            Self.validate(name, request, at: path.requests[name], &errors)
            guard let limit = limits?[name] else { continue }
            if name.contains("/"), request != limit {
                errors.invalid(path.requests, request, "must be equal to \(name) limit of \(limit)")
            } else if request > limit {
                errors.invalid(path.requests, request, "must be less than or equal to \(name) limit of \(limit)")
            }
        }
    }

    private static func validate(
        _ name: String, _ quantity: Quantity, at path: FieldPath, _ errors: inout [FieldError]
    ) {
        let problems = NameRules.qualifiedName(name)
        errors.invalid(path, name, problems)
        if unsupported.contains(name) || name.hasPrefix("hugepages-") {
            errors.unsupported(path, "the resource \(name)")
        } else if problems.isEmpty, !name.contains("/"), !supported.contains(name) {
            errors.invalid(path, name, "must be a standard resource type or fully qualified")
            errors.invalid(path, name, "must be a standard resource for containers")
        }
        errors.amount(path, quantity)
        if name.contains("/"), quantity.milliValue % 1000 != 0 { errors.invalid(path, quantity, "must be an integer") }
    }
}

extension [FieldError] {
    mutating func amount(_ path: FieldPath, _ quantity: Quantity, positive: Bool = false) {
        if quantity < Quantity(0) {
            invalid(path, quantity, positive ? "must be greater than zero" : "must be greater than or equal to 0")
        } else if positive, quantity.isZero {
            invalid(path, quantity, "must be greater than zero")
        }
    }
}
