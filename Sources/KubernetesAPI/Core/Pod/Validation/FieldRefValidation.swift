/// The fields of a pod that containers may learn (the downward API).
enum FieldPaths {
    static let environment = [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ]
    static let volume = [
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid",
    ]
    static let resources = ["limits.cpu", "limits.memory", "requests.cpu", "requests.memory"]

    /// `metadata.labels['app']` is the path `metadata.labels` and the subscript `app`.
    static func subscripted(_ path: String) -> (path: String, key: String)? {
        guard path.hasSuffix("']") else { return nil }
        let parts = path.dropLast(2).split(separator: "['", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return (String(parts[0]), String(parts[1]))
    }
}

extension ObjectFieldSelector {
    func validate(_ paths: [String], at path: FieldPath, _ errors: inout [FieldError]) {
        if fieldPath.isEmpty { return errors.required(path.fieldPath) }
        if let apiVersion, !["", "v1"].contains(apiVersion) {
            let why = "error converting fieldPath: unsupported pod version: \(apiVersion)"
            return errors.invalid(path.fieldPath, fieldPath, why)
        }
        guard let (name, key) = FieldPaths.subscripted(fieldPath) else {
            if !paths.contains(fieldPath) { errors.notSupported(path.fieldPath, fieldPath, paths) }
            return
        }
        switch name {
        case "metadata.annotations": errors.invalid(path, key, NameRules.qualifiedName(key.lowercased()))
        case "metadata.labels": errors.invalid(path, key, NameRules.qualifiedName(key))
        default: errors.invalid(path, name, "does not support subscript")
        }
    }
}

extension ResourceFieldSelector {
    func validate(inVolume: Bool, at path: FieldPath, _ errors: inout [FieldError]) {
        if inVolume, containerName.isEmpty {
            errors.required(path.containerName)
        } else if resource.isEmpty {
            errors.required(path.resource)
        } else if !FieldPaths.resources.contains(resource) {
            errors.notSupported(path.resource, resource, FieldPaths.resources)
        }
        guard let divisor, !divisor.isZero else { return }
        if resource.hasSuffix(".cpu"), !["1m", "1"].contains(divisor.description) {
            errors.invalid(
                path.divisor, resource, "only divisor's values 1m and 1 are supported with the cpu resource")
        }
        let units = [
            "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
        ]
        if resource.hasSuffix(".memory"), !units.contains(divisor.description) {
            errors.invalid(
                path.divisor, resource,
                "only divisor's values \(units.joined(separator: ", ")) are supported with the memory resource")
        }
    }
}
