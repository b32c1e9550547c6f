extension ProjectedVolumeSource {
    func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        errors.mode(path.defaultMode, defaultMode)
        var paths: Set<String> = []
        for (index, source) in (sources ?? []).enumerated() {
            let path = path.sources[index]
            source.validate(at: path, &errors)
            for (path, file) in source.files(at: path) where !paths.insert(file).inserted {
                errors.invalid(path, file, "conflicting duplicate paths")
            }
        }
    }
}

extension VolumeProjection {
    fileprivate func validate(at path: FieldPath, _ errors: inout [FieldError]) {
        let given =
            (secret == nil ? [] : ["secret"]) + (configMap == nil ? [] : ["configMap"])
            + (downwardAPI == nil ? [] : ["downwardAPI"])
        if given.isEmpty { errors.required(path, "must specify a projected source type") }
        for extra in given.dropFirst() {
            errors.forbidden(path[dynamicMember: extra], "may not specify more than 1 volume type per source")
        }
        if let secret {
            if secret.name.isEmpty { errors.required(path.secret.name) }
            KeyToPath.validate(secret.items ?? [], at: path.secret.items, &errors)
        }
        if let configMap {
            if configMap.name.isEmpty { errors.required(path.configMap.name) }
            KeyToPath.validate(configMap.items ?? [], at: path.configMap.items, &errors)
        }
        if let downwardAPI {
            DownwardAPIVolumeFile.validate(downwardAPI.items ?? [], at: path.downwardAPI.items, &errors)
        }
    }

    /// The files that are named outright; two sources may not want the same one.
    fileprivate func files(at path: FieldPath) -> [(FieldPath, String)] {
        (secret?.items ?? []).map { (path.secret.path, $0.path) }
            + (configMap?.items ?? []).map { (path.configMap.path, $0.path) }
            + (downwardAPI?.items ?? []).map { (path.downwardAPI.path, $0.path) }
    }
}
