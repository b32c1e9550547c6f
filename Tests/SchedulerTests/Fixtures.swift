import KubernetesAPI

@testable import Scheduler

func node(
    _ name: String = "node", cpu: Int64 = 2, memory: Int64 = 4 << 30, pods: Int64 = 110,
    labels: [String: String]? = nil, taints: [Taint]? = nil
) -> Node {
    var node = Node(metadata: ObjectMeta(name: name, labels: labels))
    node.spec.taints = taints
    node.status.allocatable = ["cpu": Quantity(cpu), "memory": Quantity(memory), "pods": Quantity(pods)]
    return node
}

func pod(
    _ name: String = "web", cpu: Int64? = nil, memory: Int64? = nil, hostPort: Int32? = nil, owner: String? = nil,
    claims: [String] = []
) -> Pod {
    var container = Container(name: "nginx", image: "nginx:1.16")
    var requests: [String: Quantity] = [:]
    if let cpu { requests["cpu"] = Quantity(milli: cpu) }
    if let memory { requests["memory"] = Quantity(memory) }
    container.resources.requests = requests
    if let hostPort { container.ports = [ContainerPort(hostPort: hostPort, containerPort: 80)] }
    var metadata = ObjectMeta(name: name, namespace: "default")
    metadata.uid = "uid-\(name)"
    if let owner {
        metadata.ownerReferences = [
            OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: owner, uid: owner, controller: true)
        ]
    }
    var pod = Pod(metadata: metadata, spec: PodSpec(containers: [container]))
    pod.spec.volumes = claims.map { name in
        var volume = Volume(name: name)
        volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource(claimName: name)
        return volume
    }
    return pod
}

/// A node with its pods.
struct Host {
    var node: Node
    var pods: [Pod]
}

func state(_ node: Node, _ pods: [Pod] = []) -> Host { Host(node: node, pods: pods) }

func cluster(_ hosts: [Host]) -> ClusterState {
    var cluster = ClusterState()
    for host in hosts {
        cluster.set(host.node)
        for pod in host.pods { cluster.assume(pod, on: host.node.metadata.name ?? "") }
    }
    return cluster
}

extension VolumeFilter.Volumes {
    static var none: Self {
        VolumeFilter.Volumes(claim: { _ in nil }, volume: { _ in nil }, storageClass: { _ in nil })
    }
}

func decide(
    _ pod: Pod, _ hosts: [Host], _ volumes: VolumeFilter.Volumes = .none, budgets: [PodDisruptionBudget] = []
) -> SchedulingDecision {
    var cluster = cluster(hosts)
    return SchedulingDecision.decide(pod, &cluster, volumes: volumes, budgets: budgets)
}

extension SchedulingDecision {
    static func bind(node: String) -> SchedulingDecision { .bind(node: node, pinning: []) }
}
