/// Source: k8s.io/component-helpers scheduling/corev1/nodeaffinity.
extension NodeSelector {
    /// Whether one of the terms holds for a node of this name with these labels.
    public func matches(name: String, labels: [String: String]) -> Bool {
        nodeSelectorTerms.contains { $0.matches(name: name, labels: labels) }
    }

    /// Chooses the node of this name, as `kubernetes.io/hostname` gives it.
    public static func hostname(_ name: String) -> NodeSelector {
        NodeSelector(nodeSelectorTerms: [
            NodeSelectorTerm(matchExpressions: [
                NodeSelectorRequirement(key: "kubernetes.io/hostname", operator: "In", values: [name])
            ])
        ])
    }

    /// Whether it holds for a node of which nothing but its name is known.
    public func isHostname(_ name: String) -> Bool {
        matches(name: name, labels: ["kubernetes.io/hostname": name])
    }
}

extension NodeSelectorTerm {
    public func matches(name: String, labels: [String: String]) -> Bool {
        let (expressions, fields) = (matchExpressions ?? [], matchFields ?? [])
        if expressions.isEmpty, fields.isEmpty { return false }
        return expressions.allSatisfy { $0.matches(labels[$0.key]) }
            && fields.allSatisfy { $0.key == "metadata.name" && $0.matches(name) }
    }
}

extension NodeSelectorRequirement {
    fileprivate func matches(_ found: String?) -> Bool {
        let values = values ?? []
        switch `operator` {
        case "In": return found.map(values.contains) ?? false
        case "NotIn": return found.map { !values.contains($0) } ?? true
        case "Exists": return found != nil
        case "DoesNotExist": return found == nil
        case "Gt", "Lt":
            guard let found = found.flatMap({ Int64($0) }), values.count == 1, let bound = Int64(values[0]) else {
                return false
            }
            return `operator` == "Gt" ? found > bound : found < bound
        // Validation refuses any other; to choose nothing is the safe answer.
        default: return false
        }
    }
}

extension PodSpec {
    /// Whether `nodeSelector` and the required node affinity hold for a node of this name with these labels.
    public func selectsNode(name: String, labels: [String: String]) -> Bool {
        if let nodeSelector, !nodeSelector.allSatisfy({ labels[$0.key] == $0.value }) { return false }
        let required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
        return required?.matches(name: name, labels: labels) ?? true
    }
}
