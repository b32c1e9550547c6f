extension Volume {
    /// - Returns: the names of the volumes, for the mounts that use them.
    static func validate(_ volumes: [Volume], at path: FieldPath, _ errors: inout [FieldError]) -> Set<String> {
        var names: Set<String> = []
        for (index, volume) in volumes.enumerated() {
            let path = path[index]
            errors.name(path.name, volume.name, NameRules.label)
            if !volume.name.isEmpty, !names.insert(volume.name).inserted { errors.duplicate(path.name, volume.name) }
            volume.validateSource(at: path, &errors)
        }
        return names
    }

    private func validateSource(at path: FieldPath, _ errors: inout [FieldError]) {
        let sources = sources
        if sources.isEmpty { errors.required(path, "must specify a volume type") }
        for extra in sources.dropFirst() {
            errors.forbidden(path[dynamicMember: extra], "may not specify more than 1 volume type")
        }
        hostPath?.validate(at: path.hostPath, &errors)
        emptyDir?.validate(at: path.emptyDir, &errors)
        if let source = configMap {
            let path = path.configMap
            if source.name.isEmpty { errors.required(path.name) }
            errors.mode(path.defaultMode, source.defaultMode)
            KeyToPath.validate(source.items ?? [], at: path.items, &errors)
        }
        if let source = secret {
            let path = path.secret
            if source.secretName.isEmpty { errors.required(path.secretName) }
            errors.mode(path.defaultMode, source.defaultMode)
            KeyToPath.validate(source.items ?? [], at: path.items, &errors)
        }
        if let source = persistentVolumeClaim {
            errors.name(path.persistentVolumeClaim.claimName, source.claimName, NameRules.subdomain)
        }
        if let source = downwardAPI {
            errors.mode(path.downwardAPI.defaultMode, source.defaultMode)
            DownwardAPIVolumeFile.validate(source.items ?? [], at: path.downwardAPI.items, &errors)
        }
        projected?.validate(at: path.projected, &errors)
    }
}

extension HostPathVolumeSource {
    private static let types = [
        "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
    ]

    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        if self.path.isEmpty {
            errors.required(path.path)
        } else {
            errors.invalid(path.path, self.path, ValueRules.withoutBacksteps(self.path))
            // A path without a beginning would depend on where the node agent was started.
            if !self.path.hasPrefix("/") { errors.invalid(path.path, self.path, "must be an absolute path") }
        }
        errors.choice(path.type, type, Self.types)
    }
}

extension EmptyDirVolumeSource {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        if let medium, !["", "Memory"].contains(medium) { errors.notSupported(path.medium, medium, ["", "Memory"]) }
        guard let sizeLimit else { return }
        if sizeLimit < Quantity(0) {
            errors.forbidden(path.sizeLimit, "SizeLimit field must be a valid resource quantity")
        }
        if medium.isEmpty {
            errors.unsupported(
                path.sizeLimit, "a limit of a directory on the node's disk (only `medium: Memory` has one)")
        }
    }
}

extension KeyToPath {
    static func validate(_ items: [KeyToPath], at path: FieldPath, _ errors: inout [FieldError]) {
        for (index, item) in items.enumerated() {
            let path = path[index]
            if item.key.isEmpty { errors.required(path.key) }
            errors.name(path.path, item.path, ValueRules.localNonReservedPath)
            errors.mode(path.mode, item.mode)
        }
    }
}

extension DownwardAPIVolumeFile {
    static func validate(_ files: [DownwardAPIVolumeFile], at path: FieldPath, _ errors: inout [FieldError]) {
        for (index, file) in files.enumerated() {
            let path = path[index]
            errors.name(path.path, file.path, ValueRules.localNonReservedPath)
            errors.mode(path.mode, file.mode)
            if let fieldRef = file.fieldRef {
                fieldRef.validate(FieldPaths.volume, at: path.fieldRef, &errors)
                if file.resourceFieldRef != nil {
                    errors.invalid(
                        path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously")
                }
            } else if let resourceFieldRef = file.resourceFieldRef {
                resourceFieldRef.validate(inVolume: true, at: path.resourceFieldRef, &errors)
            } else {
                errors.required(path, "one of fieldRef and resourceFieldRef is required")
            }
        }
    }
}

extension [FieldError] {
    mutating func mode(_ path: FieldPath, _ mode: Int32?) {
        guard let mode else { return }
        for problem in ValueRules.fileMode(mode) { invalid(path, mode, problem) }
    }
}
