import KubernetesAPI

/// Where spread constraints that must hold (`DoNotSchedule`) let a pod go.
/// Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/podtopologyspread/filtering.go.
struct SpreadFilter {
    private struct Constraint {
        var key: String
        var maxSkew: Int
        /// By the label's value, those without any pods included.
        var counts: [String: Int]
        var least: Int
        /// 1 if the constraint counts the pod itself.
        var own: Int
    }

    private var constraints: [Constraint] = []

    init(_ pod: Pod, _ traits: PodTraits, _ cluster: inout ClusterState) {
        let hard = (pod.spec.topologySpreadConstraints ?? []).filter { $0.whenUnsatisfiable == "DoNotSchedule" }
        for constraint in hard {
            let selection = constraint.selection(for: traits)
            let perSlot = cluster.counts(of: [selection])
            var counts: [String: Int] = [:]
            for (slot, state) in cluster.slots.enumerated() {
                // A node that lacks one of the labels is out for all constraints.
                guard let facts = state.facts, hard.allSatisfy({ facts.labels[$0.topologyKey] != nil }),
                    constraint.counts(facts, for: pod), let value = facts.labels[constraint.topologyKey]
                else { continue }
                counts[value, default: 0] += perSlot[slot]
            }
            let tooFew = counts.count < Int(constraint.minDomains ?? 1)
            constraints.append(
                Constraint(
                    key: constraint.topologyKey, maxSkew: Int(constraint.maxSkew), counts: counts,
                    least: tooFew ? 0 : counts.values.min() ?? 0,
                    own: selection.matches(traits, namespaceLabels: cluster.labels(ofNamespace:)) ? 1 : 0))
        }
    }

    func rejection(_ facts: NodeFacts) -> Rejection? {
        let words = "node(s) didn't match pod topology spread constraints"
        for constraint in constraints {
            guard let value = facts.labels[constraint.key] else {
                return Rejection(["\(words) (missing required label)"], isFinal: true, .node)
            }
            if (constraint.counts[value] ?? 0) + constraint.own - constraint.least > constraint.maxSkew {
                return Rejection([words], isFinal: false, .neighbours)
            }
        }
        return nil
    }
}

extension TopologySpreadConstraint {
    /// The pods that it counts, for this pod.
    func selection(for pod: PodTraits) -> PodSelection {
        var selector = labelSelector?.readable
        for key in matchLabelKeys ?? [] {
            guard let value = pod.labels[key] else { continue }
            selector?.requirements.append(Selector.Requirement(key, .in, [value]))
        }
        return PodSelection(namespaces: [pod.namespace], selector: selector, countsTerminating: false)
    }

    /// Whether the node is one over which this pod is to be spread.
    func counts(_ facts: NodeFacts, for pod: Pod) -> Bool {
        if nodeAffinityPolicy != "Ignore", !pod.spec.selectsNode(name: facts.name, labels: facts.labels) {
            return false
        }
        if nodeTaintsPolicy == "Honor", !facts.hardTaints.allSatisfy(pod.tolerates) { return false }
        return true
    }
}
