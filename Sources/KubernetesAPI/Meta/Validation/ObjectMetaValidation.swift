/// Source: apimachinery api/validation.
extension ObjectMeta {
    /// - Parameter rule: what the kind allows as a name.
    func validate(
        _ resource: ResourceType, name rule: (String) -> [String] = NameRules.subdomain, updating old: ObjectMeta?,
        _ errors: inout [FieldError]
    ) {
        if let old {
            validateUpdate(from: old, &errors)
        } else {
            validateName(resource, rule, &errors)
        }
        validateCommon(at: .metadata, &errors)
    }

    private func validateName(_ resource: ResourceType, _ rule: (String) -> [String], _ errors: inout [FieldError]) {
        let path = FieldPath.metadata
        if let generateName, !generateName.isEmpty {
            // The random end that follows makes a trailing hyphen legal.
            let whole =
                generateName.count > 1 && generateName.hasSuffix("-") ? generateName.dropLast() + "a" : generateName
            errors.invalid(path.generateName, generateName, rule(whole))
        }
        if let name, !name.isEmpty {
            errors.invalid(path.name, name, rule(name))
        } else {
            errors.required(path.name, "name or generateName is required")
        }
        if resource.namespaced {
            errors.name(path.namespace, namespace, NameRules.label)
        } else if namespace?.isEmpty == false {
            errors.forbidden(path.namespace, "not allowed on this type")
        }
    }

    private func validateUpdate(from old: ObjectMeta, _ errors: inout [FieldError]) {
        let path = FieldPath.metadata
        if old.deletionTimestamp != nil {
            let added = Set(finalizers ?? []).subtracting(old.finalizers ?? []).sorted()
            if !added.isEmpty {
                let names = added.map(\.shown).joined(separator: ", ")
                errors.forbidden(
                    path.finalizers,
                    "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(names)}"
                )
            }
        }
        if let generation, generation < old.generation ?? 0 {
            errors.invalid(path.generation, generation, "must not be decremented")
        }
        errors.immutable(path.name, name, old.name)
        errors.immutable(path.namespace, namespace, old.namespace)
        // A client may leave out what the server knows anyway.
        errors.immutable(path.uid, uid ?? old.uid, old.uid)
        errors.immutable(path.creationTimestamp, creationTimestamp ?? old.creationTimestamp, old.creationTimestamp)
    }

    private func validateCommon(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.nonNegative(path.generation, generation)
        LabelRules.validate(labels, at: path.labels, &errors)
        validateAnnotations(at: path.annotations, &errors)
        validateOwners(at: path.ownerReferences, &errors)
        for finalizer in finalizers ?? [] {
            errors.invalid(path.finalizers, finalizer, NameRules.qualifiedName(finalizer))
        }
        if let finalizers, finalizers.contains("orphan"), finalizers.contains("foregroundDeletion") {
            errors.invalid(
                path.finalizers, finalizers, "finalizer orphan and foregroundDeletion cannot be both set")
        }
    }

    func validateAnnotations(at path: FieldPath, _ errors: inout [FieldError]) {
        let limit = 256 * 1024
        var size = 0
        for (key, value) in (annotations ?? [:]).sorted(by: { $0.key < $1.key }) {
            errors.invalid(path, key, NameRules.qualifiedName(key.lowercased()))
            size += key.utf8.count + value.utf8.count
        }
        if size > limit { errors.tooLong(path, limit: limit) }
    }

    private func validateOwners(at path: FieldPath, _ errors: inout [FieldError]) {
        var controller: String?
        for owner in ownerReferences ?? [] {
            if owner.apiVersion.isEmpty { errors.invalid(path.apiVersion, "", "version must not be empty") }
            if owner.kind.isEmpty { errors.invalid(path.kind, "", "kind must not be empty") }
            if owner.name.isEmpty { errors.invalid(path.name, "", "name must not be empty") }
            if owner.uid.isEmpty { errors.invalid(path.uid, "", "uid must not be empty") }
            guard owner.controller == true else { continue }
            let name = "\(owner.kind)/\(owner.name)"
            if let controller {
                errors.invalid(
                    path, [controller, name],
                    "Only one reference can have Controller set to true. Found \"true\" in references for "
                        + "\(controller) and \(name)")
            } else {
                controller = name
            }
        }
    }
}
