import KubernetesAPI

/// Pods that should not run here any more and may still have processes, and the new pods that wait for their end. Pure.
struct CleaningUp {
    private var ending: Set<String> = []
    private var waiting: [String: Pod] = [:]

    /// Its time was over before this node heard of it. The timestamp is when a deleted pod's grace ends; in ordinary running
    /// it is in the future when the pod's node first sees it, and nobody waits for that pod.
    static func isOverdue(_ pod: Pod, at now: MicroTime) -> Bool {
        guard let end = pod.metadata.deletionTimestamp, (pod.metadata.deletionGracePeriodSeconds ?? 0) > 0 else {
            return false
        }
        return MicroTime(microseconds: (end.seconds + 1) * 1_000_000) < now
    }

    mutating func mustEnd(_ uid: String) { ending.insert(uid) }

    /// Whether the new pod has to wait; if so it is kept, in its newest form.
    mutating func holds(_ pod: Pod) -> Bool {
        guard !ending.isEmpty, let uid = pod.metadata.uid else { return false }
        waiting[uid] = pod
        return true
    }

    /// It is gone or being deleted before it began.
    mutating func forget(_ uid: String) { waiting[uid] = nil }

    /// - Returns: the pods that waited for this one and for nobody else.
    mutating func ended(_ uid: String) -> [Pod] {
        ending.remove(uid)
        guard ending.isEmpty else { return [] }
        defer { waiting = [:] }
        return waiting.values.sorted { $0.objectName < $1.objectName }
    }
}
