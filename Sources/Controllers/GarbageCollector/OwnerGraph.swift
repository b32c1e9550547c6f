import KubernetesAPI

/// Who belongs to whom, as the copies of all kinds show it.
struct OwnerGraph: Sendable {
    struct Item: Equatable, Sendable {
        /// The kind's qualified plural.
        var kind: String
        var name: ObjectName
        var owners: [OwnerReference]
        var isTerminating: Bool
        var finalizers: [String]

        /// Deleted in the foreground: it stays until its dependents are gone.
        var waitsForDependents: Bool { isTerminating && finalizers.contains(GarbageFinalizer.foreground) }
        /// Deleted while its dependents are to live on.
        var orphansDependents: Bool { isTerminating && finalizers.contains(GarbageFinalizer.orphan) }
    }

    private(set) var items: [String: Item] = [:]
    private var dependents: [String: Set<String>] = [:]

    func dependents(of uid: String) -> [String] { (dependents[uid] ?? []).sorted() }

    /// The dependents whose end this owner has to wait for.
    func blockers(of uid: String) -> [String] {
        dependents(of: uid).filter { dependent in
            items[dependent]?.owners.contains { $0.uid == uid && $0.blockOwnerDeletion == true } ?? false
        }
    }

    /// Takes over a change and names the objects that must be looked at because of it.
    mutating func observe(kind: String, name: ObjectName, old: ObjectMeta?, new: ObjectMeta?) -> Set<String> {
        var look: Set<String> = []
        if let uid = old?.uid, uid != new?.uid { look.formUnion(remove(uid)) }
        if let new, let uid = new.uid { look.formUnion(set(uid, kind, name, new)) }
        return look
    }

    private mutating func set(_ uid: String, _ kind: String, _ name: ObjectName, _ metadata: ObjectMeta) -> Set<String>
    {
        let item = Item(
            kind: kind, name: name, owners: metadata.ownerReferences ?? [],
            isTerminating: metadata.deletionTimestamp != nil, finalizers: metadata.finalizers ?? [])
        let old = items.updateValue(item, forKey: uid)
        for owner in old?.owners ?? [] where !item.owners.contains(where: { $0.uid == owner.uid }) {
            unlink(uid, from: owner.uid)
        }
        for owner in item.owners { dependents[owner.uid, default: []].insert(uid) }

        var look: Set<String> = []
        if old?.owners != item.owners {
            // An owner that no copy shows may never have existed, or be gone already.
            if item.owners.contains(where: { items[$0.uid] == nil || items[$0.uid]?.isTerminating == true }) {
                look.insert(uid)
            }
            // An owner may have waited for this reference to go.
            for owner in old?.owners ?? [] where items[owner.uid]?.waitsForDependents == true { look.insert(owner.uid) }
        }
        if item.waitsForDependents || item.orphansDependents, old != item {
            look.insert(uid)
            if item.waitsForDependents { look.formUnion(dependents[uid] ?? []) }
        }
        return look
    }

    private mutating func remove(_ uid: String) -> Set<String> {
        var look = dependents[uid] ?? []
        for owner in items.removeValue(forKey: uid)?.owners ?? [] {
            unlink(uid, from: owner.uid)
            if items[owner.uid]?.waitsForDependents == true { look.insert(owner.uid) }
        }
        return look
    }

    private mutating func unlink(_ uid: String, from owner: String) {
        dependents[owner]?.remove(uid)
        if dependents[owner]?.isEmpty == true { dependents[owner] = nil }
    }
}

enum GarbageFinalizer {
    static let foreground = "foregroundDeletion"
    static let orphan = "orphan"
}
