import KubernetesAPI

/// The pods that wait for a place: those to be tried, and those that were tried and wait for a change that can help.
/// Source: kubernetes/kubernetes pkg/scheduler/backend/queue.
struct SchedulingQueue: Sendable {
    struct Entry: Sendable {
        var name: ObjectName
        var uid: String
        var priority: Int32
        /// When it first came.
        var since: MicroTime
        var attempts = 0
        /// Another try before this costs its turn to those that do not wait.
        var backOffUntil = MicroTime(microseconds: 0)
        /// The last try ended with an error, not with an answer: the back-off is kept to the end.
        var failed = false
    }

    private struct Waiting {
        var entry: Entry
        var wait: Wait
        var traits: PodTraits
        var since: MicroTime
    }

    private var ready = ReadyPods()
    private var waiting: [String: Waiting] = [:]
    /// Being tried now, with whether something changed meanwhile that may help.
    private var trying: [String: Set<Rejection.Cause>] = [:]

    static let firstBackOff: Int64 = 1_000_000
    static let longestBackOff: Int64 = 10_000_000
    /// Nothing waits longer than this for a change that nobody noticed.
    static let longestWait = Duration.seconds(300)

    var readyCount: Int { ready.count }
    var waitingCount: Int { waiting.count }

    /// A new pod, or one whose own spec changed.
    mutating func add(_ pod: Pod, now: MicroTime) {
        guard let uid = pod.metadata.uid, trying[uid] == nil else { return }
        var entry = waiting.removeValue(forKey: uid)?.entry ?? ready[uid]
        if entry == nil {
            entry = Entry(name: pod.objectName, uid: uid, priority: pod.spec.priority ?? 0, since: now)
        }
        entry?.priority = pod.spec.priority ?? 0
        if let entry { ready.put(entry) }
    }

    mutating func remove(uid: String) {
        ready.remove(uid)
        waiting[uid] = nil
        trying[uid] = nil
    }

    /// The next pod to try: by priority, then by age. Pods in back-off come only when nobody else is there; after an error
    /// they wait it out.
    mutating func pop(now: MicroTime) -> Entry? {
        guard var entry = ready.pop(now: now) else { return nil }
        trying[entry.uid] = []
        entry.attempts += 1
        entry.failed = false
        return entry
    }

    /// The try is over and the pod has its place (or is gone).
    mutating func done(_ entry: Entry) { trying[entry.uid] = nil }

    /// No place. If a change that can help came during the try, it is tried again.
    mutating func wait(_ entry: Entry, _ traits: PodTraits, for wait: Wait, now: MicroTime) {
        guard let missed = trying.removeValue(forKey: entry.uid) else { return }
        let entry = backedOff(entry, now)
        if missed.isDisjoint(with: wait.causes) {
            waiting[entry.uid] = Waiting(entry: entry, wait: wait, traits: traits, since: now)
        } else {
            ready.put(entry)
        }
    }

    /// The try failed; again after a back-off.
    mutating func fail(_ entry: Entry, now: MicroTime) {
        guard trying.removeValue(forKey: entry.uid) != nil else { return }
        var entry = backedOff(entry, now)
        entry.failed = true
        ready.put(entry)
    }

    /// What was to help a pod that waits has failed; again after its back-off.
    mutating func failWaiting(uid: String) {
        guard var entry = waiting.removeValue(forKey: uid)?.entry else { return }
        entry.failed = true
        ready.put(entry)
    }

    private func backedOff(_ entry: Entry, _ now: MicroTime) -> Entry {
        var entry = entry
        let delay = min(Self.longestBackOff, Self.firstBackOff << Int64(min(entry.attempts - 1, 10)))
        entry.backOffUntil = MicroTime(microseconds: now.microseconds + delay)
        return entry
    }

    /// Something changed: whoever waits for that is tried again, if it helps.
    mutating func move(
        _ cause: Rejection.Cause, where helps: (Wait, PodTraits) -> Bool = { _, _ in true }
    ) {
        for (uid, item) in waiting where item.wait.causes.contains(cause) && helps(item.wait, item.traits) {
            waiting[uid] = nil
            ready.put(item.entry)
        }
        for uid in trying.keys { trying[uid]?.insert(cause) }
    }

    mutating func move(_ causes: [Rejection.Cause]) { for cause in causes { move(cause) } }

    mutating func moveOverdue(now: MicroTime) {
        let wait = Int64(Self.longestWait / .microseconds(1))
        for (uid, item) in waiting where now.microseconds - item.since.microseconds >= wait {
            waiting[uid] = nil
            ready.put(item.entry)
        }
    }

    /// When the next pod that failed with an error may be tried; nil when there is none.
    var nextFailureRetry: MicroTime? { ready.nextFailureRetry }
}
