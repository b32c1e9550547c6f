import KubernetesAPI

/// What is left in a namespace that is being deleted, and the conditions that say so.
/// Source: kubernetes/kubernetes pkg/controller/namespace/deletion/status_condition_utils.go.
struct NamespaceContent: Equatable {
    /// Objects left, by their kind's qualified plural; kinds with none are not in it.
    var remaining: [String: Int] = [:]
    /// Objects that a finalizer holds back, by finalizer.
    var heldBack: [String: Int] = [:]
    /// What went wrong, in words.
    var failures: [String] = []

    var isEmpty: Bool { remaining.isEmpty && failures.isEmpty }

    mutating func add(_ kind: ResourceType, _ objects: [ObjectMeta]) {
        if objects.isEmpty { return }
        remaining["\(kind.plural).\(kind.group)"] = objects.count
        for finalizer in objects.flatMap({ $0.finalizers ?? [] }) { heldBack[finalizer, default: 0] += 1 }
    }

    /// All five conditions, in Kubernetes' order; those whose status stays keep their transition time.
    func conditions(before: [NamespaceCondition], now: Time) -> [NamespaceCondition] {
        let remaining = remaining.map { "\($0) has \($1) resource instances" }.sorted().joined(separator: ", ")
        let heldBack = heldBack.map { "\($0) in \($1) resource instances" }.sorted().joined(separator: ", ")
        let all: [NamespaceCondition] = [
            condition(
                "NamespaceDeletionDiscoveryFailure", nil, ok: "ResourcesDiscovered",
                "All resources successfully discovered"),
            condition(
                "NamespaceDeletionGroupVersionParsingFailure", nil, ok: "ParsedGroupVersions",
                "All legacy kube types successfully parsed"),
            condition(
                "NamespaceDeletionContentFailure",
                failures.isEmpty
                    ? nil
                    : (
                        "ContentDeletionFailed",
                        "Failed to delete all resource types, \(failures.count) remaining: "
                            + failures.sorted().joined(separator: ", ")
                    ),
                ok: "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
            condition(
                "NamespaceContentRemaining",
                remaining.isEmpty ? nil : ("SomeResourcesRemain", "Some resources are remaining: \(remaining)"),
                ok: "ContentRemoved", "All content successfully removed"),
            condition(
                "NamespaceFinalizersRemaining",
                heldBack.isEmpty
                    ? nil
                    : ("SomeFinalizersRemain", "Some content in the namespace has finalizers remaining: \(heldBack)"),
                ok: "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
        ]
        return all.map { condition in
            var condition = condition
            let old = before.first { $0.type == condition.type && $0.status == condition.status }
            condition.lastTransitionTime = old?.lastTransitionTime ?? now
            return condition
        } + before.filter { old in !all.contains { $0.type == old.type } }
    }

    private func condition(
        _ type: String, _ failure: (reason: String, message: String)?, ok reason: String, _ message: String
    ) -> NamespaceCondition {
        NamespaceCondition(
            type: type, status: failure == nil ? "False" : "True", reason: failure?.reason ?? reason,
            message: failure?.message ?? message)
    }
}
