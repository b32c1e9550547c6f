import KubernetesAPI

/// What a controller itself wrote to the objects it owns and its cache does not show yet. A decision made from a cache
/// older than one's own last write would make that write again, or undo it.
///
/// Only the `generation` (of the spec) is compared: it counts up, while revisions are opaque.
struct WriteTracker: Equatable, Sendable {
    private struct Write: Equatable {
        var name: ObjectName
        var generation: Int64
    }

    private var open: [String: Write] = [:]

    /// The answer to a create or an update.
    mutating func wrote(_ metadata: ObjectMeta) {
        guard let uid = metadata.uid, let name = metadata.name else { return }
        open[uid] = Write(
            name: ObjectName(namespace: metadata.namespace, name), generation: metadata.generation ?? 0)
    }

    /// The object is gone for good.
    mutating func forget(uid: String) { open[uid] = nil }

    mutating func forget(_ name: ObjectName) { open = open.filter { $0.value.name != name } }

    /// The writes that the cache does not show; those that it shows are forgotten.
    mutating func missing(in cached: (ObjectName) -> ObjectMeta?) -> [ObjectName] {
        for (uid, write) in open {
            guard let metadata = cached(write.name) else { continue }
            // Another uid under the name: the written object is gone and the cache knows.
            if metadata.uid != uid || (metadata.generation ?? 0) >= write.generation { open[uid] = nil }
        }
        return open.values.map(\.name).sorted()
    }
}
