import KubernetesAPI
import Synchronization

/// What the pods of this node have been promised. A pod that asks for what is not there is refused, visibly: the scheduler
/// did not place it, or has not seen what another took.
final class Admission: Sendable {
    struct Refusal: Sendable, Equatable {
        /// `OutOfcpu`, `OutOfmemory`, `OutOfpods`, `NodePorts`.
        var reason: String
        var message: String
    }

    private struct Taken {
        var cpuMilli: Int64
        var memory: Int64
        var ports: Set<String>
    }

    private let allocatable: [String: Quantity]
    private let taken = Mutex<[String: Taken]>([:])

    init(allocatable: [String: Quantity]) { self.allocatable = allocatable }

    /// - Parameter unconditionally: it runs here already, so it only is counted.
    /// - Returns: why not; nil when the pod is in.
    func admit(_ pod: Pod, unconditionally: Bool) -> Refusal? {
        let wanted = Self.wants(pod.spec)
        return taken.withLock { taken in
            let uid = pod.metadata.uid ?? ""
            if taken[uid] != nil { return nil }
            if !unconditionally, let refusal = refusal(wanted, Array(taken.values)) { return refusal }
            taken[uid] = wanted
            return nil
        }
    }

    func release(_ uid: String) { taken.withLock { $0[uid] = nil } }

    private func refusal(_ wanted: Taken, _ others: [Taken]) -> Refusal? {
        func short(_ name: String, _ requested: Int64, _ used: Int64, _ capacity: Int64) -> Refusal? {
            guard requested > 0, used + requested > capacity else { return nil }
            return Refusal(
                reason: "OutOf\(name)",
                message: "Pod was rejected: Node didn't have enough resource: \(name), requested: \(requested), "
                    + "used: \(used), capacity: \(capacity)")
        }
        if let pods = allocatable["pods"]?.value, let no = short("pods", 1, Int64(others.count), pods) { return no }
        if let cpu = allocatable["cpu"]?.milliValue,
            let no = short("cpu", wanted.cpuMilli, others.reduce(0) { $0 + $1.cpuMilli }, cpu)
        {
            return no
        }
        if let memory = allocatable["memory"]?.value,
            let no = short("memory", wanted.memory, others.reduce(0) { $0 + $1.memory }, memory)
        {
            return no
        }
        if others.contains(where: { !$0.ports.isDisjoint(with: wanted.ports) }) {
            return Refusal(
                reason: "NodePorts",
                message: "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the "
                    + "requested pod ports")
        }
        return nil
    }

    private static func wants(_ spec: PodSpec) -> Taken {
        func request(_ container: Container, _ name: String) -> Quantity? {
            container.resources.requests?[name] ?? container.resources.limits?[name]
        }
        func effective(_ name: String, _ amount: (Quantity) -> Int64) -> Int64 {
            let sum = spec.containers.reduce(Int64(0)) { $0 + (request($1, name).map(amount) ?? 0) }
            let largest = (spec.initContainers ?? []).map { request($0, name).map(amount) ?? 0 }.max() ?? 0
            return max(sum, largest)
        }
        var ports: Set<String> = []
        for port in spec.containers.flatMap({ $0.ports ?? [] }) {
            let number = port.hostPort ?? (spec.hostNetwork == true ? port.containerPort : 0)
            if number > 0 { ports.insert("\(port.`protocol` ?? "TCP")/\(number)") }
        }
        return Taken(
            cpuMilli: effective("cpu", \.milliValue), memory: effective("memory", \.value), ports: ports)
    }
}
