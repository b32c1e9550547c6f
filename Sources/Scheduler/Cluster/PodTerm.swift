import KubernetesAPI

/// Pods, and the node label whose equal values mean near them.
struct PodTerm: Hashable, Sendable {
    var pods: PodSelection
    var topologyKey: String

    /// Source: kubernetes/kubernetes pkg/scheduler/framework/types.go, newAffinityTerm.
    init(_ term: PodAffinityTerm, of namespace: String) {
        let names = term.namespaces ?? []
        pods = PodSelection(
            namespaces: names.isEmpty && term.namespaceSelector == nil ? [namespace] : Set(names),
            namespaceSelector: term.namespaceSelector?.readable, selector: term.labelSelector?.readable,
            countsTerminating: true)
        topologyKey = term.topologyKey
    }
}

/// A term with what it is worth; below zero for pods that are better far.
struct PodWish: Hashable, Sendable {
    var term: PodTerm
    var weight: Int
}

/// A pod's own terms.
struct PodTerms {
    var needed: [PodTerm]
    var repelled: [PodTerm]
    var wishes: [PodWish]

    init(_ pod: Pod) {
        let namespace = pod.metadata.namespace ?? ""
        let (near, far) = (pod.spec.affinity?.podAffinity, pod.spec.affinity?.podAntiAffinity)
        func terms(_ terms: [PodAffinityTerm]?) -> [PodTerm] { (terms ?? []).map { PodTerm($0, of: namespace) } }
        func wishes(_ terms: [WeightedPodAffinityTerm]?, _ sign: Int) -> [PodWish] {
            (terms ?? []).map {
                PodWish(term: PodTerm($0.podAffinityTerm, of: namespace), weight: sign * Int($0.weight))
            }
        }
        needed = terms(near?.requiredDuringSchedulingIgnoredDuringExecution)
        repelled = terms(far?.requiredDuringSchedulingIgnoredDuringExecution)
        self.wishes =
            wishes(near?.preferredDuringSchedulingIgnoredDuringExecution, 1)
            + wishes(far?.preferredDuringSchedulingIgnoredDuringExecution, -1)
    }
}
