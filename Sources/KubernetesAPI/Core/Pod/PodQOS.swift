extension Pod {
    public var initialStatus: PodStatus {
        var status = PodStatus(phase: "Pending")
        status.qosClass = spec.qosClass
        return status
    }

    public static var countsGenerations: Bool { true }
}

extension PodSpec {
    /// How firm the pod's hold on CPU and memory is: `Guaranteed` when every container's limits equal its requests,
    /// `BestEffort` when there are none at all, else `Burstable`. Source: pkg/apis/core/v1/helper/qos.
    public var qosClass: String {
        let names = ["cpu", "memory"]
        var requests: [String: Quantity] = [:]
        var limits: [String: Quantity] = [:]
        var allLimited = true
        for container in containers + (initContainers ?? []) {
            var limited = 0
            for name in names {
                if let request = container.resources.requests?[name], !request.isZero {
                    requests[name, default: Quantity(0)] += request
                }
                if let limit = container.resources.limits?[name], !limit.isZero {
                    limits[name, default: Quantity(0)] += limit
                    limited += 1
                }
            }
            if limited < names.count { allLimited = false }
        }
        if requests.isEmpty, limits.isEmpty { return "BestEffort" }
        return allLimited && requests == limits ? "Guaranteed" : "Burstable"
    }
}
