import Client
import KubernetesAPI
import Logging
import Synchronization

/// Deletes what belongs to nobody any more, of every kind.
///
/// The graph only says what to look at; before anything is deleted, the object and its owners are read from the server.
final class GarbageCollector: Sendable {
    private let kinds: [String: KindAccess]
    /// By API version and kind, as owner references name them.
    private let kindsByReference: [String: KindAccess]
    private let logger: Logger
    private let graph = Mutex(OwnerGraph())
    /// Uids of objects to look at.
    let queue: WorkQueue<String>

    init(kinds: [KindAccess], clock: any WallClock, logger: Logger) {
        self.kinds = Dictionary(uniqueKeysWithValues: kinds.map { ($0.resource.qualifiedPlural, $0) })
        kindsByReference = Dictionary(
            uniqueKeysWithValues: kinds.map { ("\($0.resource.apiVersion)/\($0.resource.kind)", $0) })
        self.logger = logger
        queue = WorkQueue(clock: clock)
    }

    func changed<T: APIObject>(old: T?, new: T?) {
        guard let name = (new ?? old)?.objectName else { return }
        let look = graph.withLock {
            $0.observe(kind: T.resource.qualifiedPlural, name: name, old: old?.metadata, new: new?.metadata)
        }
        for uid in look { queue.add(uid) }
    }

    func run(workers: Int) async {
        await queue.run(
            workers: workers,
            failed: { [logger] uid, error in
                if let error = error as? APIError, error.isConflict { return }
                logger.warning("cannot collect object \(uid), will try again: \(error)")
            },
            { [self] uid in try await process(uid) })
    }

    func process(_ uid: String) async throws {
        guard let item = graph.withLock({ $0.items[uid] }), let kind = kinds[item.kind] else { return }
        let metadata: ObjectMeta
        do {
            metadata = try await kind.metadata(item.name)
        } catch let error as APIError where error.isNotFound {
            return
        }
        guard metadata.uid == uid else { return }
        if metadata.deletionTimestamp != nil { return try await finish(uid, kind, item.name, metadata) }

        let hasDependents = !graph.withLock { $0.dependents(of: uid) }.isEmpty
        var owners: [String: GarbageDecision.Owner] = [:]
        for reference in metadata.ownerReferences ?? [] {
            owners[reference.uid] = try await owner(reference, of: item.name)
        }
        switch GarbageDecision.decide(metadata, owners: owners, hasDependents: hasDependents) {
        case .keep: return
        case .removeOwners(let lost): try await removeOwners(lost, from: uid, kind, item.name)
        case .delete(let policy):
            try await unlessGone {
                try await kind.delete(
                    item.name,
                    // The revision too: an owner that was added meanwhile must save it.
                    DeleteOptions(
                        uid: uid, resourceVersion: metadata.resourceVersion, propagationPolicy: policy))
            }
        }
    }

    /// What the garbage collector owes an object that is being deleted.
    private func finish(_ uid: String, _ kind: KindAccess, _ name: ObjectName, _ metadata: ObjectMeta) async throws {
        let finalizers = metadata.finalizers ?? []
        if finalizers.contains(GarbageFinalizer.orphan) {
            let dependents = graph.withLock { graph in
                graph.dependents(of: uid).compactMap { uid in graph.items[uid].map { (uid, $0) } }
            }
            for (dependent, item) in dependents {
                guard let kind = kinds[item.kind] else { continue }
                try await removeOwners([uid], from: dependent, kind, item.name)
            }
            try await removeFinalizer(GarbageFinalizer.orphan, from: uid, kind, name)
        } else if finalizers.contains(GarbageFinalizer.foreground) {
            let blockers = graph.withLock { $0.blockers(of: uid) }
            if blockers.isEmpty {
                try await removeFinalizer(GarbageFinalizer.foreground, from: uid, kind, name)
            } else {
                for blocker in blockers { queue.add(blocker) }
            }
        }
    }

    private func owner(_ reference: OwnerReference, of name: ObjectName) async throws -> GarbageDecision.Owner {
        // A kind that is not served here cannot be judged, so it counts as living.
        guard let kind = kindsByReference["\(reference.apiVersion)/\(reference.kind)"] else { return .lives }
        // An object without a namespace cannot belong to one within.
        if kind.resource.namespaced, name.namespace == nil { return .gone }
        let ownerName = ObjectName(namespace: kind.resource.namespaced ? name.namespace : nil, reference.name)
        do {
            let owner = try await kind.metadata(ownerName)
            guard owner.uid == reference.uid else { return .gone }
            let waits =
                owner.deletionTimestamp != nil
                && (owner.finalizers ?? []).contains(GarbageFinalizer.foreground)
            return waits ? .waits : .lives
        } catch let error as APIError where error.isNotFound {
            return .gone
        }
    }

    private func removeOwners(
        _ lost: Set<String>, from uid: String, _ kind: KindAccess, _ name: ObjectName
    ) async throws {
        try await unlessGone {
            try await kind.modify(name, uid) { metadata in
                let rest = (metadata.ownerReferences ?? []).filter { !lost.contains($0.uid) }
                metadata.ownerReferences = rest.isEmpty ? nil : rest
                return true
            }
        }
    }

    private func removeFinalizer(
        _ finalizer: String, from uid: String, _ kind: KindAccess, _ name: ObjectName
    ) async throws {
        try await unlessGone {
            try await kind.modify(name, uid) { metadata in
                let rest = (metadata.finalizers ?? []).filter { $0 != finalizer }
                metadata.finalizers = rest.isEmpty ? nil : rest
                return true
            }
        }
    }

    private func unlessGone(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as APIError where error.isNotFound {
            return
        }
    }
}
