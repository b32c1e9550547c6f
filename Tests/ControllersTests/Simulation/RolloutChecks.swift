import KubernetesAPI

@testable import Controllers

/// What must hold at every single creation and deletion of a pod, given only what the controllers could know.
///
/// A pod that fails by itself is nobody's fault until the controllers can have seen it: each such loss is excused until the
/// decision behind a deletion was made from a copy that shows it.
struct RolloutChecks {
    /// The limits under which the Deployment controller last sized a ReplicaSet, by uid and generation.
    struct Decision {
        var mostPods: Int
        var mostPodsBefore: Int
        /// What must stay available, or less where less was available to begin with (a version that never got ready).
        /// Nil: sized by scaling, which Kubernetes does without regard to availability.
        var leastAvailable: Int?
        /// The oldest pod revision behind the statuses that the decision was made from.
        var podRevision: Int
        var down: Bool
    }

    struct Loss {
        var revision: Int
        var owner: String
        var ended: Bool
    }

    var decisions: [String: [Int64: Decision]] = [:]
    /// Scale-downs that may still be under way, by ReplicaSet.
    var pending: [String: Decision] = [:]
    /// The revision of the pods' copy from which a ReplicaSet's status was made, by the ReplicaSet's resourceVersion.
    var statusPodRevision: [String: Int] = [:]
    var losses: [Loss] = []

    // Figures for the test's last line.
    var creations = 0
    var deletions = 0

    mutating func created(
        _ set: ReplicaSet, pods: [Pod], family: [ReplicaSet]
    ) throws(Violation) {
        creations += 1
        let uid = set.metadata.uid ?? ""
        let active = pods.filter(\.isActive)
        let own = active.count { $0.metadata.controllerReference?.uid == uid } + 1
        if own > set.desired { throw Violation("\(set.metadata.name ?? "") has \(own) pods, wanted \(set.desired)") }

        var bound = decisions[uid]?[set.metadata.generation ?? 0]?.mostPods ?? 0
        for other in family where other.desired > 0 {
            if let decision = decisions[other.metadata.uid ?? ""]?[other.metadata.generation ?? 0] {
                bound = max(bound, decision.mostPods)
            }
        }
        // A user who asks for fewer pods lowers the bound at once; what is too many goes when it goes.
        for decision in pending.values { bound = max(bound, decision.mostPodsBefore) }
        if active.count + 1 > bound { throw Violation("\(active.count + 1) pods, allowed \(bound)") }
    }

    mutating func deleted(
        _ pod: Pod, _ set: ReplicaSet, pods: [Pod], seenPods: Int, now: MicroTime
    ) throws(Violation) {
        guard pod.isActive else { return }
        deletions += 1
        let uid = set.metadata.uid ?? ""
        let others = pods.filter { $0.isActive && $0.metadata.uid != pod.metadata.uid }
        let own = others.count { $0.metadata.controllerReference?.uid == uid }
        let ended = losses.count { $0.ended && $0.owner == uid && $0.revision > seenPods }
        if own + ended < set.desired {
            throw Violation("\(set.metadata.name ?? "") is left with \(own) pods of \(set.desired)")
        }
        let minReady = Int(set.spec.minReadySeconds ?? 0)
        guard pod.isAvailable(minReadySeconds: minReady, now: now) else { return }
        guard !pending.isEmpty else { throw Violation("a pod of \(set.metadata.name ?? "") goes without a decision") }
        var needed = Int.max
        var revision = Int.max
        for decision in pending.values {
            needed = min(needed, decision.leastAvailable ?? 0)
            revision = min(revision, decision.podRevision)
        }
        let available = others.count { $0.isAvailable(minReadySeconds: minReady, now: now) }
        let excused = losses.count { $0.revision > revision }
        if available + excused < needed {
            throw Violation("\(available) pods available (\(excused) excused), needed \(needed)")
        }
    }

    /// What a later decision allows is allowed to the deletions that are still under way, too.
    mutating func decidedDown(_ uid: String, _ decision: Decision) {
        for (key, earlier) in pending {
            guard let old = earlier.leastAvailable else { continue }
            pending[key]?.leastAvailable = decision.leastAvailable.map { min($0, old) }
        }
        pending[uid] = decision
    }

    /// Forgets decisions that are carried out, and losses that everybody has seen.
    ///
    /// - Parameters:
    ///   - seen: the generation that the ReplicaSet controller's copy shows.
    ///   - seenPods: the revision that its copy of the pods shows.
    mutating func settle(_ sets: [ReplicaSet], pods: [Pod], seenPods: Int, seen: (ReplicaSet) -> Int64?) {
        for set in sets {
            let uid = set.metadata.uid ?? ""
            guard pending[uid] != nil, seen(set) == set.metadata.generation,
                !losses.contains(where: { $0.owner == uid && $0.revision > seenPods })
            else { continue }
            let own = pods.count { $0.isActive && $0.metadata.controllerReference?.uid == uid }
            if own == set.desired { pending[uid] = nil }
        }
    }

    struct Violation: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }
}
