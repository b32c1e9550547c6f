import ContainerRuntime
import KubernetesAPI

/// A pod that the API has forgotten while its processes run on: as much of it as the runtime knows, so that it is ended as
/// any other pod is.
enum Orphan {
    static func pod(_ sandbox: AdoptedSandbox) -> Pod {
        let config = sandbox.config
        var pod = Pod(metadata: ObjectMeta(name: config.name, namespace: config.namespace))
        pod.metadata.uid = config.podUID
        pod.metadata.deletionGracePeriodSeconds = config.gracePeriodSeconds
        pod.spec.terminationGracePeriodSeconds = config.gracePeriodSeconds
        pod.spec.hostNetwork = config.hostNetwork
        pod.spec.restartPolicy = "Never"
        var names: [String] = []
        for container in sandbox.containers where !names.contains(container.name) { names.append(container.name) }
        pod.spec.containers = names.map { Container(name: $0) }
        return pod
    }
}
