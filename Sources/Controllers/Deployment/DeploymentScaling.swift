import KubernetesAPI

/// How a change of `spec.replicas` falls on the ReplicaSets, also in mid-rollout and while paused.
/// Source: kubernetes/kubernetes pkg/controller/deployment/sync.go, scale.
enum DeploymentScaling {
    /// An active ReplicaSet was sized for another `spec.replicas`.
    static func isDue(_ deployment: Deployment, _ family: ReplicaSetFamily) -> Bool {
        family.active.contains { set in
            DeploymentAnnotations.number(set, DeploymentAnnotations.desiredReplicas)
                .map { $0 != deployment.spec.desired } ?? false
        }
    }

    /// The new sizes; sets whose size stays are in it when their annotations are out of date.
    ///
    /// Growing waits until every ReplicaSet is observed and owes no deletion: pods that still exist take up room. With the
    /// strategy Recreate it also waits until no pod of another version runs (a pause may come just between the two).
    ///
    /// - Parameter runs: whether pods of the ReplicaSet exist that have not ended.
    static func actions(
        _ deployment: Deployment, _ family: ReplicaSetFamily, runs: (ReplicaSet) -> Bool
    ) -> [ScaleAction] {
        let actions = sizes(deployment, family)
        let growing = actions.filter { $0.size > $0.set.desired }
        if growing.isEmpty { return actions }
        guard family.all.allSatisfy({ $0.isObserved && $0.mostPods == $0.desired }) else { return [] }
        if deployment.spec.isRollingUpdate { return actions }
        let uids = Set(growing.map(\.set.metadata.uid))
        return family.all.contains { !uids.contains($0.metadata.uid) && runs($0) } ? [] : actions
    }

    private static func sizes(_ deployment: Deployment, _ family: ReplicaSetFamily) -> [ScaleAction] {
        let desired = deployment.spec.desired
        let active = family.active
        if active.count <= 1 {
            guard let only = active.first ?? family.new ?? family.old.last else { return [] }
            return [ScaleAction(only, to: desired)]
        }
        if let new = family.new, isSaturated(new, deployment) {
            return family.old.filter { $0.desired > 0 }.map { ScaleAction($0, to: 0) }
        }
        guard deployment.spec.isRollingUpdate else { return [] }
        return proportional(deployment, active)
    }

    /// All of the new version is up: whatever is left of old ones can go.
    private static func isSaturated(_ set: ReplicaSet, _ deployment: Deployment) -> Bool {
        let desired = deployment.spec.desired
        return set.desired == desired && set.available == desired
            && DeploymentAnnotations.number(set, DeploymentAnnotations.desiredReplicas) == Int64(desired)
    }

    private static func proportional(_ deployment: Deployment, _ active: [ReplicaSet]) -> [ScaleAction] {
        let desired = deployment.spec.desired
        let allowed = desired == 0 ? 0 : desired + RollingUpdateLimits(deployment.spec).maxSurge
        let toAdd = allowed - active.reduce(0) { $0 + $1.desired }
        // Of two equally large ones the newer grows first and the older shrinks first.
        let sorted = active.sorted { a, b in
            if a.desired != b.desired { return a.desired > b.desired }
            return toAdd > 0 ? ReplicaSet.olderFirst(b, a) : ReplicaSet.olderFirst(a, b)
        }
        var sizes = sorted.map(\.desired)
        var added = 0
        if toAdd != 0 {
            for (index, set) in sorted.enumerated() {
                let share = fraction(set, deployment)
                // Never against the direction: what one set gives up still exists when another already grows.
                let step = toAdd > 0 ? max(0, min(share, toAdd - added)) : min(0, max(share, toAdd - added))
                sizes[index] += step
                added += step
            }
            // What rounding left goes to the largest.
            sizes[0] = max(0, sizes[0] + toAdd - added)
        }
        return zip(sorted, sizes).map { ScaleAction($0, to: max(0, $1)) }
    }

    /// By how much the set changes if it keeps its share of the whole.
    private static func fraction(_ set: ReplicaSet, _ deployment: Deployment) -> Int {
        let desired = deployment.spec.desired
        if desired == 0 { return -set.desired }
        let annotated = DeploymentAnnotations.number(set, DeploymentAnnotations.maxReplicas) ?? 0
        let before = annotated > 0 ? Int(annotated) : Int(deployment.status.replicas ?? 0)
        guard before > 0 else { return 0 }
        let now = desired + RollingUpdateLimits(deployment.spec).maxSurge
        let size = (Double(set.desired) * Double(now) / Double(before)).rounded(.toNearestOrAwayFromZero)
        return Int(size) - set.desired
    }
}
