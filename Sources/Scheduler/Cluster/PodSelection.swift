import KubernetesAPI

/// Chooses pods by namespace and label.
struct PodSelection: Hashable, Sendable {
    var namespaces: Set<String>
    /// Further namespaces, by their labels.
    var namespaceSelector: Selector?
    /// Nil chooses none.
    var selector: Selector?
    /// Spreading does not count pods that are going; nearness does.
    var countsTerminating: Bool

    /// - Parameter namespaceLabels: those of a namespace.
    func matches(_ pod: PodTraits, namespaceLabels: (String) -> [String: String]) -> Bool {
        guard let selector, countsTerminating || !pod.isTerminating else { return false }
        guard
            namespaces.contains(pod.namespace)
                || namespaceSelector.map({ $0.matches(namespaceLabels(pod.namespace)) }) ?? false
        else { return false }
        return selector.matches(pod.labels)
    }
}

extension LabelSelector {
    /// Nil for one that cannot be read, which chooses none; validation refuses it.
    var readable: Selector? { try? selector() }
}
