import KubernetesAPI

/// How well each of the nodes that fit suits a pod; higher is better. Each part gives 0...100, weighted as in Kubernetes.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins, apis/config/v1/default_plugins.go.
enum NodeScores {
    /// - Parameter fitting: slots of nodes.
    static func scores(
        _ pod: Pod, _ traits: PodTraits, _ terms: PodTerms, _ requests: PodRequests, fitting: [Int],
        _ cluster: inout ClusterState
    ) -> [Double] {
        var total = fitting.map { slot in
            guard let facts = cluster.slots[slot].facts else { return 0.0 }
            return ResourceScore.score(requests, cluster.slots[slot], facts) + imageLocality(pod, facts, cluster)
        }
        func add(_ part: [Double]?, weight: Double) {
            guard let part else { return }
            for index in total.indices { total[index] += weight * part[index] }
        }
        add(toleratedWell(pod, fitting, cluster), weight: 3)
        add(preferredNodes(pod, fitting, cluster), weight: 2)
        add(SpreadScore.score(pod, traits, fitting, &cluster), weight: 2)
        add(AffinityScore.score(traits, terms, fitting, &cluster), weight: 2)
        return total
    }

    /// Images that are there already, by size; less where few nodes have them, so that one does not attract all.
    private static func imageLocality(_ pod: Pod, _ facts: NodeFacts, _ cluster: ClusterState) -> Double {
        let megabyte = 1024.0 * 1024
        var sum = 0.0
        for container in pod.spec.containers {
            guard let size = facts.images[container.image] else { continue }
            sum += Double(size) * Double(cluster.holders(of: container.image)) / Double(max(1, cluster.nodeCount))
        }
        let (least, most) = (23 * megabyte, 1000 * megabyte * Double(max(1, pod.spec.containers.count)))
        return max(0, min(100, (sum - least) * 100 / (most - least)))
    }

    /// Fewest taints that would rather not have the pod.
    private static func toleratedWell(_ pod: Pod, _ fitting: [Int], _ cluster: ClusterState) -> [Double]? {
        let unwelcome = fitting.map { slot in
            Double(cluster.slots[slot].facts?.softTaints.count { !pod.tolerates($0) } ?? 0)
        }
        guard let most = unwelcome.max(), most > 0 else { return nil }
        return unwelcome.map { (most - $0) * 100 / most }
    }

    private static func preferredNodes(_ pod: Pod, _ fitting: [Int], _ cluster: ClusterState) -> [Double]? {
        let terms = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
        if terms.isEmpty { return nil }
        let sums = fitting.map { slot in
            guard let facts = cluster.slots[slot].facts else { return 0.0 }
            return terms.reduce(0.0) { sum, term in
                term.preference.matches(name: facts.name, labels: facts.labels) ? sum + Double(term.weight) : sum
            }
        }
        guard let most = sums.max(), most > 0 else { return nil }
        return sums.map { $0 * 100 / most }
    }
}
