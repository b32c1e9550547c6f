import KubernetesAPI

/// An object that a pod names and whose change it must see.
enum PodReference: Hashable, Sendable {
    case configMap(ObjectName)
    case secret(ObjectName)
    case claim(ObjectName)

    static func all(of pod: Pod) -> Set<PodReference> {
        var result: Set<PodReference> = []
        func name(_ name: String) -> ObjectName { ObjectName(namespace: pod.metadata.namespace, name) }
        for volume in pod.spec.volumes ?? [] {
            if let source = volume.configMap { result.insert(.configMap(name(source.name))) }
            if let source = volume.secret?.secretName { result.insert(.secret(name(source))) }
            if let source = volume.persistentVolumeClaim { result.insert(.claim(name(source.claimName))) }
            for part in volume.projected?.sources ?? [] {
                if let map = part.configMap { result.insert(.configMap(name(map.name))) }
                if let secret = part.secret { result.insert(.secret(name(secret.name))) }
            }
        }
        for container in pod.spec.containers + (pod.spec.initContainers ?? []) {
            for source in container.envFrom ?? [] {
                if let map = source.configMapRef { result.insert(.configMap(name(map.name))) }
                if let secret = source.secretRef { result.insert(.secret(name(secret.name))) }
            }
            for variable in container.env ?? [] {
                if let key = variable.valueFrom?.configMapKeyRef { result.insert(.configMap(name(key.name))) }
                if let key = variable.valueFrom?.secretKeyRef { result.insert(.secret(name(key.name))) }
            }
        }
        return result
    }
}
