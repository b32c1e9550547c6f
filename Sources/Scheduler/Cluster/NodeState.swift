import KubernetesAPI

/// A node and what is taken on it, kept up pod by pod.
struct NodeState: Sendable {
    let name: String
    /// Nil while only its pods are known.
    var facts: NodeFacts?
    private(set) var podCount = 0
    private(set) var taken: [String: Int64] = [:]
    /// The same with the assumed minimum of pods that ask for nothing, for scoring.
    private(set) var scoredCPU: Int64 = 0
    private(set) var scoredMemory: Int64 = 0
    private(set) var hostPorts: [PodRequests.HostPort: Int] = [:]
    /// Pods of each managing owner, without those that are going.
    private(set) var companions: [String: Int] = [:]

    init(name: String) { self.name = name }

    mutating func add(_ pod: PlacedPod) { count(pod, 1) }
    mutating func remove(_ pod: PlacedPod) { count(pod, -1) }

    private mutating func count(_ pod: PlacedPod, _ sign: Int) {
        podCount += sign
        for (name, amount) in pod.requests.resources { taken[name, default: 0] += Int64(sign) * amount }
        scoredCPU += Int64(sign) * pod.requests.forScoring("cpu")
        scoredMemory += Int64(sign) * pod.requests.forScoring("memory")
        for port in pod.requests.hostPorts { Self.add(sign, to: &hostPorts, port) }
        if let owner = pod.owner, !pod.traits.isTerminating { Self.add(sign, to: &companions, owner) }
    }

    private static func add<Key>(_ amount: Int, to counts: inout [Key: Int], _ key: Key) {
        let count = (counts[key] ?? 0) + amount
        counts[key] = count == 0 ? nil : count
    }
}
