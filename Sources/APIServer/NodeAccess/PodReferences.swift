import KubernetesAPI

/// What a pod's node must read for it.
extension Pod {
    private var allContainers: [Container] { spec.containers + (spec.initContainers ?? []) }

    var secretNames: Set<String> {
        var names: [String?] = (spec.volumes ?? []).flatMap { volume in
            [volume.secret?.secretName] + (volume.projected?.sources ?? []).map { $0.secret?.name }
        }
        for container in allContainers {
            names += (container.envFrom ?? []).map { $0.secretRef?.name }
            names += (container.env ?? []).map { $0.valueFrom?.secretKeyRef?.name }
        }
        return Set(names.compactMap(\.self))
    }

    var configMapNames: Set<String> {
        var names: [String?] = (spec.volumes ?? []).flatMap { volume in
            [volume.configMap?.name] + (volume.projected?.sources ?? []).map { $0.configMap?.name }
        }
        for container in allContainers {
            names += (container.envFrom ?? []).map { $0.configMapRef?.name }
            names += (container.env ?? []).map { $0.valueFrom?.configMapKeyRef?.name }
        }
        return Set(names.compactMap(\.self))
    }

    var claimNames: Set<String> { Set((spec.volumes ?? []).compactMap { $0.persistentVolumeClaim?.claimName }) }
}
