/// Source: pkg/apis/scheduling/v1/defaults.go and validation (v1.33).
extension PriorityClass {
    public mutating func applyDefaults() { preemptionPolicy.setIfEmpty("PreemptLowerPriority") }

    public func validate(updating old: PriorityClass?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        if let old {
            errors.immutable(FieldPath("value"), value, old.value)
            errors.immutable(FieldPath("preemptionPolicy"), preemptionPolicy, old.preemptionPolicy)
            return errors
        }
        let name = metadata.name ?? ""
        if name.hasPrefix(Self.systemPrefix) {
            if let wrong = notOfTheSystem(name) {
                errors.forbidden(
                    FieldPath.metadata.name,
                    "priority class names with '\(Self.systemPrefix)' prefix are reserved for system use only. "
                        + "error: \(wrong)")
            }
        } else if value > Self.highestOfUsers {
            errors.forbidden(
                FieldPath("value"), "maximum allowed value of a user defined priority is \(Self.highestOfUsers)")
        }
        errors.choice(FieldPath("preemptionPolicy"), preemptionPolicy, ["Never", "PreemptLowerPriority"])
        return errors
    }

    /// What keeps a class of such a name from being one of the system's; nil where it is.
    private func notOfTheSystem(_ name: String) -> String? {
        guard let known = Self.system.first(where: { $0.metadata.name == name }) else {
            return "\(name) is not a known system priority class"
        }
        if value != known.value { return "value of \(name) PriorityClass must be \(known.value)" }
        return globalDefault == true ? "globalDefault of \(name) PriorityClass must be false" : nil
    }
}
