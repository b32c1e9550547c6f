import KubernetesAPI
import Store
import Synchronization

/// When each kind that expires was last swept.
final class ExpirySchedule: Sendable {
    /// Seconds between two sweeps of a kind.
    static let interval: Int64 = 60
    private let swept = Mutex<[ResourceType: Time]>([:])

    /// Whether a sweep is due; if so, it counts as begun.
    func begins(_ resource: ResourceType, now: Time) -> Bool {
        swept.withLock { swept in
            if let last = swept[resource], now - last < Self.interval { return false }
            swept[resource] = now
            return true
        }
    }
}

extension ObjectService {
    /// Removes what has outlived its kind's time; called when an object of the kind is created, so that whatever makes them
    /// also pays for them, and an idle server does nothing.
    func sweepExpired() async {
        guard let type = T.self as? any Expiring.Type else { return }
        guard storage.expiry.begins(T.resource, now: storage.now) else { return }
        let oldest = Time(seconds: storage.now.seconds - type.timeToLive)
        await withTaskGroup { group in
            for entry in storage.store.list(prefix: StorageKey.prefix(T.resource)).entries {
                // An object that cannot be read, or was changed meanwhile, is for another sweep or for its reader to report.
                guard let object = try? entry.value.object(T.self), let news = (object as? any Expiring)?.lastNews,
                    news < oldest
                else { continue }
                // All at once, so that they share the store's commits.
                group.addTask { _ = try? await storage.store.delete(entry.key, expecting: entry.revision) }
            }
        }
    }
}
