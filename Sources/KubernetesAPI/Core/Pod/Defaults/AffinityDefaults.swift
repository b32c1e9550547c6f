/// Source: pkg/registry/core/pod/strategy.go, applyMatchLabelKeysAndMismatchLabelKeys (KEP-3633).
extension Affinity {
    /// `matchLabelKeys` and `mismatchLabelKeys` become conditions of the selector when the pod is made: its later labels do not
    /// count.
    mutating func mergeLabelKeys(of labels: [String: String]?) {
        let labels = labels ?? [:]
        podAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.modifyEach { $0.mergeLabelKeys(of: labels) }
        podAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.modifyEach {
            $0.podAffinityTerm.mergeLabelKeys(of: labels)
        }
        podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.modifyEach { $0.mergeLabelKeys(of: labels) }
        podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.modifyEach {
            $0.podAffinityTerm.mergeLabelKeys(of: labels)
        }
    }
}

extension PodAffinityTerm {
    fileprivate mutating func mergeLabelKeys(of labels: [String: String]) {
        // Validation refuses the keys without a selector.
        guard var selector = labelSelector else { return }
        for (keys, `operator`) in [(matchLabelKeys, "In"), (mismatchLabelKeys, "NotIn")] {
            for key in keys ?? [] {
                guard let value = labels[key] else { continue }
                let condition = LabelSelectorRequirement(key: key, operator: `operator`, values: [value])
                selector.matchExpressions = (selector.matchExpressions ?? []) + [condition]
            }
        }
        labelSelector = selector
    }
}

extension Pod {
    public mutating func prepareForCreate() {
        status = initialStatus
        metadata.generation = Self.countsGenerations ? 1 : nil
        spec.affinity?.mergeLabelKeys(of: metadata.labels)
    }
}
