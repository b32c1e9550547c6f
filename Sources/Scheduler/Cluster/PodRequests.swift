import KubernetesAPI

/// What a pod asks of a node: resources and host ports.
struct PodRequests: Equatable, Sendable {
    /// By resource name; `cpu` in thousandths, everything else in whole units.
    var resources: [String: Int64] = [:]
    var hostPorts: [HostPort] = []

    struct HostPort: Hashable, Sendable {
        var address: String
        var `protocol`: String
        var port: Int32

        /// Equal ports clash unless they are for two different addresses.
        func clashes(with other: HostPort) -> Bool {
            port == other.port && `protocol` == other.protocol
                && (address == other.address || isWildcard || other.isWildcard)
        }
        private var isWildcard: Bool { address == "0.0.0.0" || address == "::" }
    }

    /// Nothing.
    init() {}

    /// Containers run together, init containers one after the other before them: the sum of the one, or the largest of the
    /// other where that is more. Source: k8s.io/component-helpers resource, PodRequests.
    init(_ pod: Pod) {
        for container in pod.spec.containers {
            for (name, amount) in container.resources.requests ?? [:] {
                resources[name, default: 0] += Self.amount(name, amount)
            }
            for port in container.ports ?? [] {
                guard let hostPort = port.hostPort, hostPort > 0 else { continue }
                let address = port.hostIP.flatMap { $0.isEmpty ? nil : $0 } ?? "0.0.0.0"
                hostPorts.append(HostPort(address: address, protocol: port.protocol ?? "TCP", port: hostPort))
            }
        }
        for container in pod.spec.initContainers ?? [] {
            for (name, amount) in container.resources.requests ?? [:] {
                resources[name] = max(resources[name] ?? 0, Self.amount(name, amount))
            }
        }
    }

    static func amount(_ name: String, _ quantity: Quantity) -> Int64 {
        name == "cpu" ? quantity.milliValue : quantity.value
    }

    /// For scoring alone: a pod that asks for nothing still takes something.
    /// Source: kubernetes/kubernetes pkg/scheduler/util, DefaultMilliCPURequest and DefaultMemoryRequest.
    func forScoring(_ name: String) -> Int64 {
        let asked = resources[name] ?? 0
        if asked > 0 { return asked }
        return name == "cpu" ? 100 : name == "memory" ? 200 * 1024 * 1024 : 0
    }
}
