import KubernetesAPI

/// How well a node suits a pod that fits; higher is better.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins (noderesources, imagelocality, podtopologyspread).
enum NodeScore {
    /// - Parameter all: the nodes that fit, to compare with.
    static func score(_ pod: Pod, _ requests: PodRequests, _ state: NodeState, among all: [NodeState]) -> Double {
        leastAllocated(requests, state) + 2 * spread(pod, state, all) + imageLocality(pod, state, all)
            + 3 * toleratedWell(pod, state, all)
    }

    /// The share of CPU and memory that would stay free, 0...100.
    private static func leastAllocated(_ requests: PodRequests, _ state: NodeState) -> Double {
        let shares = ["cpu", "memory"].map { name -> Double in
            guard let whole = state.allocatable(name), whole > 0 else { return 0 }
            let free = whole - (state.scored[name] ?? 0) - requests.forScoring(name)
            return max(0, Double(free) * 100 / Double(whole))
        }
        return shares.reduce(0, +) / 2
    }

    /// Pods of one owner apart from each other, 0...100.
    private static func spread(_ pod: Pod, _ state: NodeState, _ all: [NodeState]) -> Double {
        guard let owner = pod.metadata.controllerReference?.uid else { return 0 }
        let most = all.map { $0.companions[owner] ?? 0 }.max() ?? 0
        guard most > 0 else { return 100 }
        return Double(most - (state.companions[owner] ?? 0)) * 100 / Double(most)
    }

    /// Images that are there already, by size, 0...100; less where few nodes have them, so that one does not attract all.
    private static func imageLocality(_ pod: Pod, _ state: NodeState, _ all: [NodeState]) -> Double {
        let megabyte = 1024.0 * 1024
        var sum = 0.0
        for container in pod.spec.containers {
            guard let image = state.node?.image(container.image) else { continue }
            let holders = all.count { $0.node?.image(container.image) != nil }
            sum += Double(image.sizeBytes ?? 0) * Double(holders) / Double(max(1, all.count))
        }
        let (least, most) = (23 * megabyte, 1000 * megabyte * Double(max(1, pod.spec.containers.count)))
        return min(max(sum, least), most) == sum ? (sum - least) * 100 / (most - least) : sum > most ? 100 : 0
    }

    /// Nodes without taints that would rather not have the pod, 0...100.
    private static func toleratedWell(_ pod: Pod, _ state: NodeState, _ all: [NodeState]) -> Double {
        func unwelcome(_ state: NodeState) -> Int {
            state.node?.spec.taints?.count { $0.effect == "PreferNoSchedule" && !pod.tolerates($0) } ?? 0
        }
        let most = all.map(unwelcome).max() ?? 0
        return most == 0 ? 100 : Double(most - unwelcome(state)) * 100 / Double(most)
    }
}

extension Node {
    fileprivate func image(_ name: String) -> ContainerImage? {
        status.images?.first { $0.names?.contains(name) ?? false }
    }
}
