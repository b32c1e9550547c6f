extension VolumeMount {
    static func validate(
        _ mounts: [VolumeMount], of container: Container, volumes: Set<String>, at path: FieldPath,
        _ errors: inout [FieldError]
    ) {
        var targets: Set<String> = []
        for (index, mount) in mounts.enumerated() {
            let itemPath = path[index]
            if mount.name.isEmpty { errors.required(itemPath.name) }
            if !volumes.contains(mount.name) { errors.notFound(itemPath.name, mount.name) }
            if mount.mountPath.isEmpty { errors.required(itemPath.mountPath) }
            if !targets.insert(mount.mountPath).inserted {
                errors.invalid(itemPath.mountPath, mount.mountPath, "must be unique")
            }
            if let subPath = mount.subPath, !subPath.isEmpty {
                errors.invalid(path.subPath, subPath, ValueRules.localDescendingPath(subPath))
            }
            errors.choice(
                path.mountPropagation, mount.mountPropagation, ["Bidirectional", "HostToContainer", "None"])
            if mount.mountPropagation == "Bidirectional", container.securityContext?.privileged != true {
                errors.forbidden(
                    path.mountPropagation,
                    "Bidirectional mount propagation is available only to privileged containers")
            }
        }
    }
}
