import KubernetesAPI

/// Source: Kubernetes' documentation, "Pod Quality of Service Classes".
enum QualityOfService {
    static func of(_ spec: PodSpec) -> String {
        let counted = ["cpu", "memory"]
        var anything = false
        var guaranteed = true
        for container in spec.containers + (spec.initContainers ?? []) {
            for resource in counted {
                let limit = container.resources.limits?[resource]
                // Defaulting gives a container with a limit and no request the limit as its request.
                let request = container.resources.requests?[resource] ?? limit
                if limit != nil || request != nil { anything = true }
                if limit == nil || limit != request { guaranteed = false }
            }
        }
        return !anything ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable"
    }
}
