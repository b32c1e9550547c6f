import KubernetesAPI

/// What becomes of an object, given its owners.
/// Source: kubernetes/kubernetes pkg/controller/garbagecollector/garbagecollector.go, attemptToDeleteItem.
enum GarbageDecision: Equatable {
    case keep
    /// Some owners are gone and others live: the references to those that are gone go.
    case removeOwners(Set<String>)
    case delete(propagationPolicy: String)

    enum Owner: Equatable {
        case lives
        case gone
        /// Being deleted in the foreground: it waits for the object to go first.
        case waits
    }

    /// - Parameter hasDependents: others belong to the object itself.
    static func decide(_ object: ObjectMeta, owners: [String: Owner], hasDependents: Bool) -> GarbageDecision {
        let references = object.ownerReferences ?? []
        if references.isEmpty || object.deletionTimestamp != nil { return .keep }
        let states = references.map { (uid: $0.uid, state: owners[$0.uid] ?? .lives) }
        if states.contains(where: { $0.state == .lives }) {
            let lost = Set(states.filter { $0.state != .lives }.map(\.uid))
            return lost.isEmpty ? .keep : .removeOwners(lost)
        }
        // The owner's own wait goes on through its dependents' dependents.
        if hasDependents, states.contains(where: { $0.state == .waits }) {
            return .delete(propagationPolicy: "Foreground")
        }
        let finalizers = object.finalizers ?? []
        if finalizers.contains(GarbageFinalizer.orphan) { return .delete(propagationPolicy: "Orphan") }
        if finalizers.contains(GarbageFinalizer.foreground) { return .delete(propagationPolicy: "Foreground") }
        return .delete(propagationPolicy: "Background")
    }
}
