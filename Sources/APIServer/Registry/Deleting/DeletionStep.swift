import KubernetesAPI

/// What a delete does to an object now; a pure decision.
enum DeletionStep<T: APIObject>: Sendable {
    /// It goes at once.
    case remove
    /// It stays for now, with this to be written: a deletionTimestamp, a shorter grace, a finalizer.
    case mark(T)
    /// It is going already, and nothing about that changes.
    case pending

    /// Source: apiserver registry/rest BeforeDelete and registry/generic/registry deletionFinalizersForGarbageCollection.
    init(_ object: T, _ request: DeleteRequest, now: Time) {
        var marked = object
        marked.metadata.setGarbageFinalizers(request.propagation)
        let grace = Self.grace(&marked, request, now)
        let holds =
            !(marked.metadata.finalizers ?? []).isEmpty
            || !((marked as? any FinalizedBySpec)?.specFinalizers ?? []).isEmpty
        if !holds, grace == 0 {
            self = .remove
            return
        }
        if marked.metadata.deletionTimestamp == nil {
            marked.metadata.deletionTimestamp = now + grace
            marked.metadata.deletionGracePeriodSeconds = grace
            // Controllers of an object that goes should look at it again.
            if let generation = marked.metadata.generation, generation > 0 {
                marked.metadata.generation = generation + 1
            }
        }
        if var finalized = marked as? any FinalizedBySpec {
            finalized.markTerminating()
            if let finalized = finalized as? T { marked = finalized }
        }
        self = marked == object ? .pending : .mark(marked)
    }

    /// The seconds that the object still may take; shortens those of one that is going already where the request says so.
    private static func grace(_ object: inout T, _ request: DeleteRequest, _ now: Time) -> Int64 {
        if let end = object.metadata.deletionTimestamp {
            let running = object.metadata.deletionGracePeriodSeconds ?? 0
            guard let asked = request.gracePeriod, asked < running else { return running }
            object.metadata.deletionTimestamp = Time(seconds: end.seconds - running + asked)
            object.metadata.deletionGracePeriodSeconds = asked
            return asked
        }
        return (object as? any GracefullyDeleted)?.deletionGracePeriod(asked: request.gracePeriod) ?? 0
    }
}

extension ObjectMeta {
    static let orphanFinalizer = "orphan"
    static let foregroundFinalizer = "foregroundDeletion"

    /// Leaves word for the garbage collector about this object's dependents.
    fileprivate mutating func setGarbageFinalizers(_ propagation: DeleteRequest.Propagation?) {
        guard let propagation else { return }
        var list = (finalizers ?? []).filter { $0 != Self.orphanFinalizer && $0 != Self.foregroundFinalizer }
        switch propagation {
        case .background: break
        case .orphan: list.append(Self.orphanFinalizer)
        case .foreground: list.append(Self.foregroundFinalizer)
        }
        if list != finalizers ?? [] { finalizers = list.isEmpty ? nil : list }
    }
}

extension ObjectService {
    /// Whether nothing holds a deleted object any more, so that the update which shows this removes it.
    /// Source: apiserver registry/generic/registry ShouldDeleteDuringUpdate.
    func isFinished(_ object: T) -> Bool {
        object.metadata.deletionTimestamp != nil && (object.metadata.finalizers ?? []).isEmpty
            && (object.metadata.deletionGracePeriodSeconds ?? 0) == 0
            && ((object as? any FinalizedBySpec)?.specFinalizers ?? []).isEmpty
    }
}
