import KubernetesAPI

/// How many pods a budget is about, and how many of them must stay healthy.
/// Source: kubernetes pkg/controller/disruption getExpectedPodCount.
struct ExpectedPods: Equatable {
    var expected: Int
    var desiredHealthy: Int
    /// Pods that nobody manages: of them nobody knows how many there should be.
    var unmanaged: [String] = []

    /// What an owner of pods wants; owners that share a scale (the ReplicaSets of one Deployment) share the uid.
    struct Scale: Equatable {
        var uid: String
        var replicas: Int
    }

    struct Failure: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    /// - Parameter scale: what the owner of a pod wants; throws where it has no number of replicas.
    init(
        _ spec: PodDisruptionBudgetSpec, pods: [Pod], scale: (OwnerReference, Pod) throws(Failure) -> Scale
    ) throws(Failure) {
        if let maxUnavailable = spec.maxUnavailable {
            (expected, unmanaged) = try Self.wanted(pods, scale)
            desiredHealthy = max(0, expected - (maxUnavailable.scaled(of: expected, roundUp: true) ?? 0))
        } else if case .int(let number) = spec.minAvailable {
            expected = pods.count
            desiredHealthy = Int(number)
        } else if let minAvailable = spec.minAvailable {
            (expected, unmanaged) = try Self.wanted(pods, scale)
            // A text that is no percentage has been refused by validation; all of them is the answer that harms nobody.
            desiredHealthy = minAvailable.scaled(of: expected, roundUp: true) ?? expected
        } else {
            expected = 0
            desiredHealthy = 0
        }
    }

    /// A percentage is of what the owners want, not of what happens to be there: pods that are missing count as away.
    private static func wanted(
        _ pods: [Pod], _ scale: (OwnerReference, Pod) throws(Failure) -> Scale
    ) throws(Failure) -> (Int, [String]) {
        var scales: [String: Int] = [:]
        var asked: Set<String> = []
        var unmanaged: [String] = []
        for pod in pods {
            guard let owner = pod.metadata.controllerReference else {
                unmanaged.append(pod.metadata.name ?? "")
                continue
            }
            guard asked.insert(owner.uid).inserted else { continue }
            let found = try scale(owner, pod)
            scales[found.uid] = found.replicas
        }
        return (scales.values.reduce(0, +), unmanaged)
    }
}

extension ExpectedPods {
    init(expected: Int, desiredHealthy: Int, unmanaged: [String] = []) {
        self.expected = expected
        self.desiredHealthy = desiredHealthy
        self.unmanaged = unmanaged
    }
}
