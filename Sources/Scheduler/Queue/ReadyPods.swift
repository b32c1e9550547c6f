import Client
import KubernetesAPI

/// Pods that may be tried: by priority, then by age; those in back-off only when nobody else is there, and those whose last
/// try ended with an error not before its end.
///
/// What leaves stays in the heaps until it comes to their top: a key counts only while its ticket is the entry's.
struct ReadyPods: Sendable {
    typealias Entry = SchedulingQueue.Entry

    private struct Key: Comparable, Sendable {
        var priority: Int32
        var since: Int64
        var uid: String
        var ticket: Int

        init(_ entry: Entry, _ ticket: Int) {
            (priority, since, uid) = (entry.priority, entry.since.microseconds, entry.uid)
            self.ticket = ticket
        }

        static func < (a: Key, b: Key) -> Bool { (-a.priority, a.since, a.uid) < (-b.priority, b.since, b.uid) }
    }

    private struct Due: Comparable, Sendable {
        var moment: MicroTime
        var key: Key

        static func < (a: Due, b: Due) -> Bool {
            a.moment == b.moment ? a.key < b.key : a.moment < b.moment
        }
    }

    private var entries: [String: (entry: Entry, ticket: Int)] = [:]
    private var tickets = 0
    /// Not in back-off.
    private var active = Heap<Key>()
    /// In back-off, without those that keep it to the end.
    private var resting = Heap<Key>()
    private var due = Heap<Due>()

    var count: Int { entries.count }

    subscript(uid: String) -> Entry? { entries[uid]?.entry }

    mutating func put(_ entry: Entry) {
        tickets += 1
        entries[entry.uid] = (entry, tickets)
        let key = Key(entry, tickets)
        guard entry.attempts > 0 else { return active.push(key) }
        due.push(Due(moment: entry.backOffUntil, key: key))
        if !entry.failed { resting.push(key) }
    }

    mutating func remove(_ uid: String) { entries[uid] = nil }

    mutating func pop(now: MicroTime) -> Entry? {
        while let first = due.first, first.moment <= now {
            _ = due.pop()
            if isValid(first.key) { active.push(first.key) }
        }
        return take(\.active) ?? take(\.resting)
    }

    private mutating func take(_ heap: WritableKeyPath<ReadyPods, Heap<Key>>) -> Entry? {
        while let key = self[keyPath: heap].pop() {
            if isValid(key) { return entries.removeValue(forKey: key.uid)?.entry }
        }
        return nil
    }

    private func isValid(_ key: Key) -> Bool { entries[key.uid]?.ticket == key.ticket }

    /// When the next pod that failed with an error may be tried; nil when there is none.
    var nextFailureRetry: MicroTime? {
        entries.values.lazy.map(\.entry).filter(\.failed).map(\.backOffUntil).min()
    }
}
