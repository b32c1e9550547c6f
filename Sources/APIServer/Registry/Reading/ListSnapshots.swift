import KubernetesAPI
import Synchronization

/// Lists that were given out in pages, kept for a while so that the further pages show the same moment as the first.
///
/// They hold references to objects, not copies.
final class ListSnapshots: Sendable {
    struct Key: Hashable, Sendable {
        var prefix: String
        var revision: String
    }

    /// How long a client may take between two pages. Seconds; etcd's compaction gives it five minutes in Kubernetes.
    static let lifetime: Int64 = 300
    /// A bound on memory: the oldest go first.
    static let maximum = 16

    private struct Snapshot {
        var items: [(key: String, object: StoredObject)]
        var used: Time
    }

    private let kept = Mutex<[Key: Snapshot]>([:])

    func keep(_ items: [(key: String, object: StoredObject)], for key: Key, now: Time) {
        kept.withLock { kept in
            kept[key] = Snapshot(items: items, used: now)
            kept = kept.filter { now - $0.value.used < Self.lifetime }
            while kept.count > Self.maximum, let oldest = kept.min(by: { $0.value.used < $1.value.used }) {
                kept[oldest.key] = nil
            }
        }
    }

    func items(for key: Key, now: Time) -> [(key: String, object: StoredObject)]? {
        kept.withLock { kept in
            guard let snapshot = kept[key], now - snapshot.used < Self.lifetime else { return nil }
            kept[key]?.used = now
            return snapshot.items
        }
    }
}
