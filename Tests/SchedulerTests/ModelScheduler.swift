import KubernetesAPI

@testable import Scheduler

/// The rules in their plainest form: every question looks at all nodes and all pods. Source: kubernetes.io/docs,
/// "Assigning Pods to Nodes", "Pod Topology Spread Constraints", "Taints and Tolerations".
struct ModelScheduler {
    var nodes: [String: Node] = [:]
    var placed: [String: (pod: Pod, node: String)] = [:]
    var namespaceLabels: [String: [String: String]] = [:]

    /// What Kubernetes says of the node; empty when the pod may go there.
    func refusal(_ pod: Pod, _ node: Node) -> [String] {
        if node.spec.unschedulable == true { return ["node(s) were unschedulable"] }
        if let taint = node.spec.taints?.first(where: { $0.effect != "PreferNoSchedule" && !pod.tolerates($0) }) {
            return ["node(s) had untolerated taint {\(taint.key): \(taint.value ?? "")}"]
        }
        if !selects(pod, node) { return ["node(s) didn't match Pod's node affinity/selector"] }
        let short = shortage(pod, node)
        if !short.isEmpty { return short }
        return (spread(pod, node) ?? affinity(pod, node)).map { [$0] } ?? []
    }

    /// The cluster with all of a node's pods gone that matter less than this one.
    func without(lowerThan pod: Pod, on node: String) -> ModelScheduler {
        var rest = self
        rest.placed = placed.filter {
            $0.value.node != node || $0.value.pod.spec.priority ?? 0 >= pod.spec.priority ?? 0
        }
        return rest
    }

    private func selects(_ pod: Pod, _ node: Node) -> Bool {
        pod.spec.selectsNode(name: node.metadata.name ?? "", labels: node.metadata.labels ?? [:])
    }

    private func pods(on name: String) -> [Pod] { placed.values.filter { $0.node == name }.map(\.pod) }

    private func shortage(_ pod: Pod, _ node: Node) -> [String] {
        let there = pods(on: node.metadata.name ?? "")
        func cpu(_ pod: Pod) -> Int64 { pod.spec.containers[0].resources.requests?["cpu"]?.milliValue ?? 0 }
        var reasons: [String] = []
        if cpu(pod) > 0, there.map(cpu).reduce(cpu(pod), +) > node.status.allocatable?["cpu"]?.milliValue ?? 0 {
            reasons.append("Insufficient cpu")
        }
        if there.count + 1 > node.status.allocatable?["pods"]?.value ?? 0 { reasons.append("Too many pods") }
        return reasons
    }

    private func label(_ node: Node?, _ key: String) -> String? { node?.metadata.labels?[key] }

    private func spread(_ pod: Pod, _ node: Node) -> String? {
        let words = "node(s) didn't match pod topology spread constraints"
        let hard = (pod.spec.topologySpreadConstraints ?? []).filter { $0.whenUnsatisfiable == "DoNotSchedule" }
        for constraint in hard {
            guard let value = label(node, constraint.topologyKey) else { return "\(words) (missing required label)" }
            func counts(_ other: Pod) -> Bool {
                let same = (constraint.matchLabelKeys ?? []).allSatisfy {
                    pod.metadata.labels?[$0] == nil || other.metadata.labels?[$0] == pod.metadata.labels?[$0]
                }
                return same && other.metadata.namespace == pod.metadata.namespace
                    && constraint.labelSelector?.matches(other.metadata.labels) ?? false
            }
            var domains: [String: Int] = [:]
            for candidate in nodes.values {
                guard hard.allSatisfy({ label(candidate, $0.topologyKey) != nil }), selects(pod, candidate) else {
                    continue
                }
                let isTainted = candidate.spec.taints?.contains {
                    $0.effect != "PreferNoSchedule" && !pod.tolerates($0)
                }
                if constraint.nodeTaintsPolicy == "Honor", isTainted == true { continue }
                let there = pods(on: candidate.metadata.name ?? "")
                domains[label(candidate, constraint.topologyKey) ?? "", default: 0] += there.count {
                    counts($0) && $0.metadata.deletionTimestamp == nil
                }
            }
            let least = domains.count < constraint.minDomains ?? 1 ? 0 : domains.values.min() ?? 0
            if (domains[value] ?? 0) + (counts(pod) ? 1 : 0) - least > constraint.maxSkew { return words }
        }
        return nil
    }

    /// Whether the term, a pod's of this namespace, speaks of the other pod.
    private func speaks(_ term: PodAffinityTerm, _ namespace: String?, of other: Pod) -> Bool {
        let names = term.namespaces ?? []
        let own = names.isEmpty && term.namespaceSelector == nil
        let inNamespace =
            own
            ? other.metadata.namespace == namespace
            : names.contains(other.metadata.namespace ?? "")
                || term.namespaceSelector?.matches(namespaceLabels[other.metadata.namespace ?? ""]) ?? false
        return inNamespace && term.labelSelector?.matches(other.metadata.labels) ?? false
    }

    private func near(_ key: String, _ node: Node, _ other: (pod: Pod, node: String)) -> Bool {
        label(node, key) != nil && label(node, key) == label(nodes[other.node], key)
    }

    private func affinity(_ pod: Pod, _ node: Node) -> String? {
        let namespace = pod.metadata.namespace
        let near = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
        let far = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
        if !near.isEmpty {
            let like = placed.values.filter { other in near.allSatisfy { speaks($0, namespace, of: other.pod) } }
            let everyTerm = near.allSatisfy { term in like.contains { self.near(term.topologyKey, node, $0) } }
            let isAlone = near.allSatisfy { term in
                speaks(term, namespace, of: pod) && !like.contains { label(nodes[$0.node], term.topologyKey) != nil }
            }
            let hasLabels = near.allSatisfy { label(node, $0.topologyKey) != nil }
            if !everyTerm, !(isAlone && hasLabels) { return "node(s) didn't match pod affinity rules" }
        }
        for term in far {
            if placed.values.contains(where: {
                speaks(term, namespace, of: $0.pod) && self.near(term.topologyKey, node, $0)
            }) {
                return "node(s) didn't match pod anti-affinity rules"
            }
        }
        for other in placed.values {
            let terms = other.pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution
            for term in terms ?? [] where speaks(term, other.pod.metadata.namespace, of: pod) {
                if self.near(term.topologyKey, node, other) {
                    return "node(s) didn't satisfy existing pods anti-affinity rules"
                }
            }
        }
        return nil
    }
}
