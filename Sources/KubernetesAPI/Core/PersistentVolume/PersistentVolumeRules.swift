/// Source: pkg/apis/core/v1/defaults.go and validation (v1.33).
extension PersistentVolume {
    public var initialStatus: PersistentVolumeStatus { PersistentVolumeStatus(phase: "Pending") }

    public mutating func applyDefaults() {
        status.phase.setIfEmpty("Pending")
        spec.persistentVolumeReclaimPolicy.setIfEmpty("Retain")
        spec.volumeMode.setIfEmpty("Filesystem")
        if spec.hostPath != nil, spec.hostPath?.type == nil { spec.hostPath?.type = "" }
        spec.capacity = spec.capacity?.mapValues { $0.roundedToMilli }
    }

    public func validate(updating old: PersistentVolume?) -> [FieldError] {
        var errors: [FieldError] = []
        metadata.validate(Self.resource, updating: old?.metadata, &errors)
        spec.validate(at: .spec, &errors)
        if let old, old.spec.hostPath != spec.hostPath {
            errors.forbidden(
                FieldPath.spec.persistentvolumesource, "spec.persistentvolumesource is immutable after creation")
        }
        if let old {
            errors.immutable(FieldPath.spec.volumeMode, spec.volumeMode, old.spec.volumeMode)
            // Where the data are does not change; a volume that could be anywhere may still be tied down.
            if let before = old.spec.nodeAffinity, before != spec.nodeAffinity {
                errors.append(
                    FieldError(.invalid, FieldPath.spec.nodeAffinity.description, value: nil, "field is immutable"))
            }
        }
        return errors
    }
}

extension PersistentVolumeSpec {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.accessModes(path.accessModes, accessModes ?? [], missing: "")
        let capacity = capacity ?? [:]
        if capacity.isEmpty { errors.required(path.capacity) }
        if !capacity.isEmpty, capacity.count > 1 || capacity["storage"] == nil {
            errors.notSupported(path.capacity, capacity.keys.sorted().joined(separator: ","), ["storage"])
        }
        for (name, quantity) in capacity.sorted(by: { $0.key < $1.key }) {
            errors.amount(path.capacity[name], quantity, positive: true)
        }
        if let hostPath {
            hostPath.validate(at: path.hostPath, &errors)
        } else {
            errors.required(path, "must specify a volume type")
        }
        errors.choice(path.persistentVolumeReclaimPolicy, persistentVolumeReclaimPolicy, ["Delete", "Retain"])
        errors.name(path.storageClassName, storageClassName, NameRules.subdomain, required: false)
        errors.choice(path.volumeMode, volumeMode, ["Filesystem"])
        nodeAffinity?.validate(at: path.nodeAffinity, &errors)
        if let claimRef {
            let path = path.claimRef
            errors.name(path.name, claimRef.name, NameRules.subdomain)
            errors.name(path.namespace, claimRef.namespace, NameRules.label)
        }
    }
}

extension [FieldError] {
    /// The ways in which a volume may be used; a claim's or a volume's own.
    mutating func accessModes(_ path: FieldPath, _ modes: [String], missing: String) {
        if modes.isEmpty { required(path, missing) }
        for mode in modes {
            choice(path, mode, ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"], required: true)
        }
        if modes.contains("ReadWriteOncePod"), modes.count > 1 {
            forbidden(path, "may not use ReadWriteOncePod with other access modes")
        }
    }
}
