import KubernetesAPI

/// One step of a rolling update: new pods while the surge allows it, old pods away while enough are available.
/// Source: kubernetes/kubernetes pkg/controller/deployment/rolling.go.
enum RollingUpdate {
    /// The sizes that should change, by the ReplicaSet's uid; empty when the step has to wait or all is done.
    ///
    /// Up first, then down, never both in one step: the next step sees what this one did.
    static func step(_ deployment: Deployment, new: ReplicaSet, old: [ReplicaSet]) -> [ScaleAction] {
        let limits = RollingUpdateLimits(deployment.spec)
        let all = old + [new]
        if new.desired > deployment.spec.desired { return [ScaleAction(new, to: deployment.spec.desired)] }
        guard all.allSatisfy(\.isObserved) else { return [] }
        let size = newSize(deployment, new: new, old: old, limits)
        if size > new.desired { return [ScaleAction(new, to: size)] }
        return scaleDownOld(deployment, new: new, old: old, limits)
    }

    /// How large the new ReplicaSet may be now: pods that old ones still owe to delete take up room.
    static func newSize(
        _ deployment: Deployment, new: ReplicaSet?, old: [ReplicaSet], _ limits: RollingUpdateLimits
    ) -> Int {
        let current = new?.desired ?? 0
        guard old.allSatisfy(\.isObserved), new?.isObserved ?? true else { return current }
        let others = old.reduce(0) { $0 + $1.mostPods }
        let room = deployment.spec.desired + limits.maxSurge - others - (new?.mostPods ?? 0)
        return max(current, min(deployment.spec.desired, current + max(0, room)))
    }

    private static func scaleDownOld(
        _ deployment: Deployment, new: ReplicaSet, old: [ReplicaSet], _ limits: RollingUpdateLimits
    ) -> [ScaleAction] {
        let old = old.filter { $0.desired > 0 }.sorted(by: ReplicaSet.olderFirst)
        guard !old.isEmpty else { return [] }
        let needed = deployment.spec.desired - limits.maxUnavailable
        let pods = old.reduce(new.desired) { $0 + $1.desired }
        // New pods that are not available yet count as lost, or a broken update would take down all old ones.
        var spare = pods - needed - (new.desired - min(new.desired, new.leastAvailable))
        guard spare > 0 else { return [] }

        // Old pods that are not ready go first: giving them up costs nothing, and they may block the update for ever.
        // (Kubernetes takes ready ones that are not yet available, too; which of the ready pods then goes is up to the
        // ReplicaSet's ranking, and it could be an available one.)
        var sizes = old.map(\.desired)
        for (index, set) in old.enumerated() {
            let step = min(spare, max(0, set.desired - set.ready))
            sizes[index] -= step
            spare -= step
        }
        var free = old.reduce(new.leastAvailable) { $0 + $1.leastAvailable } - needed
        for index in old.indices where free > 0 {
            let step = min(free, spare, sizes[index])
            sizes[index] -= step
            free -= step
            spare -= step
        }
        return zip(old, sizes).compactMap { set, size in size < set.desired ? ScaleAction(set, to: size) : nil }
    }
}

/// A new size for a ReplicaSet.
struct ScaleAction: Equatable {
    var set: ReplicaSet
    var size: Int

    init(_ set: ReplicaSet, to size: Int) {
        self.set = set
        self.size = size
    }
}

extension ReplicaSet {
    static func olderFirst(_ a: ReplicaSet, _ b: ReplicaSet) -> Bool {
        let ages = (a.metadata.creationTimestamp, b.metadata.creationTimestamp)
        if let first = ages.0, let second = ages.1, first != second { return first < second }
        return (a.metadata.name ?? "") < (b.metadata.name ?? "")
    }
}
