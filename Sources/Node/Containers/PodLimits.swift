import ContainerRuntime
import KubernetesAPI

/// What the cgroups of a pod and of its containers allow. Pure.
/// Source: the resources that Kubernetes documents for pods and init containers.
enum PodLimits {
    static func container(_ container: Container) -> ResourceLimits {
        let limits = container.resources.limits ?? [:]
        let requests = container.resources.requests ?? [:]
        return ResourceLimits(
            cpuLimitMilli: limits["cpu"]?.milliValue,
            cpuRequestMilli: (requests["cpu"] ?? limits["cpu"])?.milliValue, memoryLimit: limits["memory"]?.value)
    }

    /// The pod as a whole: limits only where every container has one, and processes always.
    static func pod(_ spec: PodSpec, pids: Int64) -> ResourceLimits {
        let apps = spec.containers.map(container)
        let inits = (spec.initContainers ?? []).map(container)
        // Init containers run one at a time, before the others.
        func whole(_ value: (ResourceLimits) -> Int64?) -> Int64? {
            var sum: Int64 = 0
            for limits in apps {
                guard let amount = value(limits) else { return nil }
                sum += amount
            }
            for limits in inits {
                guard let amount = value(limits) else { return nil }
                sum = max(sum, amount)
            }
            return sum
        }
        let requested = apps.reduce(Int64(0)) { $0 + ($1.cpuRequestMilli ?? 0) }
        return ResourceLimits(
            cpuLimitMilli: whole(\.cpuLimitMilli),
            cpuRequestMilli: max(requested, inits.compactMap(\.cpuRequestMilli).max() ?? 0),
            memoryLimit: whole(\.memoryLimit), pids: pids)
    }
}
