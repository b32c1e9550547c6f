import KubernetesAPI

/// Names of objects by single labels, so that a change of one pod asks nothing of the thousands of services that do not
/// want it.
struct LabelIndex: Sendable {
    private struct Label: Hashable {
        var namespace: String?
        var key: String
        var value: String
    }

    private var names: [Label: Set<ObjectName>] = [:]

    mutating func insert(_ name: ObjectName, under labels: [String: String]) {
        for (key, value) in labels {
            names[Label(namespace: name.namespace, key: key, value: value), default: []].insert(name)
        }
    }

    mutating func remove(_ name: ObjectName, under labels: [String: String]) {
        for (key, value) in labels {
            let label = Label(namespace: name.namespace, key: key, value: value)
            names[label]?.remove(name)
            if names[label]?.isEmpty == true { names[label] = nil }
        }
    }

    /// Every name under at least one of the labels.
    func any(of labels: [String: String], in namespace: String?) -> Set<ObjectName> {
        var found: Set<ObjectName> = []
        for (key, value) in labels {
            if let more = names[Label(namespace: namespace, key: key, value: value)] { found.formUnion(more) }
        }
        return found
    }

    /// Every name under the one of the labels that the fewest are under. Those under all of them are among these.
    func fewest(of labels: [String: String], in namespace: String?) -> Set<ObjectName> {
        var fewest: Set<ObjectName>?
        for (key, value) in labels {
            let candidates = names[Label(namespace: namespace, key: key, value: value)] ?? []
            if fewest == nil || candidates.count < fewest!.count { fewest = candidates }
        }
        return fewest ?? []
    }
}
