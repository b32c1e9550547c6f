/// Source: pkg/apis/core/v1/defaults.go and validation (v1.33).
extension Node {
    /// A node agent registers itself with its first status, so a create keeps it, as in Kubernetes.
    public mutating func prepareForCreate() { metadata.generation = nil }
    public var initialStatus: NodeStatus { NodeStatus() }

    public mutating func applyDefaults() {
        status.capacity = status.capacity?.mapValues { $0.roundedToMilli }
        status.allocatable = (status.allocatable ?? status.capacity)?.mapValues { $0.roundedToMilli }
    }

    public func validate(updating old: Node?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        Taint.validate(spec.taints ?? [], at: FieldPath.spec.taints, &errors)
        for (list, resources) in [("capacity", status.capacity), ("allocatable", status.allocatable)] {
            for (name, quantity) in (resources ?? [:]).sorted(by: { $0.key < $1.key }) {
                errors.amount(FieldPath("status.\(list)")[name], quantity)
            }
        }
        var addresses: Set<NodeAddress> = []
        for (index, address) in (status.addresses ?? []).enumerated() where !addresses.insert(address).inserted {
            errors.duplicate(FieldPath("status.addresses")[index], "\(address.type)/\(address.address)")
        }
        if let old {
            if let before = old.spec.podCIDR, !before.isEmpty, before != spec.podCIDR {
                errors.forbidden(
                    FieldPath.spec.podCIDRs, "node updates may not change podCIDR except from \"\" to valid")
            }
            if let before = old.spec.providerID, !before.isEmpty, before != spec.providerID {
                errors.forbidden(
                    FieldPath.spec.providerID, "node updates may not change providerID except from \"\" to valid")
            }
        }
        return errors
    }

    public var selectableFields: [String: String] {
        ["spec.unschedulable": spec.unschedulable == true ? "true" : "false"]
    }
    public static var selectableFieldNames: [String] { ["spec.unschedulable"] }
}

extension Taint {
    fileprivate static func validate(_ taints: [Taint], at path: FieldPath, _ errors: inout [FieldError]) {
        var seen: Set<String> = []
        for (index, taint) in taints.enumerated() {
            let path = path[index]
            errors.invalid(path.key, taint.key, NameRules.qualifiedName(taint.key))
            errors.invalid(path.value, taint.value ?? "", NameRules.labelValue(taint.value ?? ""))
            errors.choice(path.effect, taint.effect, effects, required: true)
            if !seen.insert("\(taint.key) \(taint.effect)").inserted {
                // Both parts name the taint; a toleration could not tell the two apart.
                errors.duplicate(path, "\(taint.key):\(taint.effect)")
            }
        }
    }
}
