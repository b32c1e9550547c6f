/// Where a pod stands on this node.
///
///     pending -> starting -> running -> draining -> terminating -> terminated -> removed
///
/// A sandbox that dies leads from starting or running back to pending; once the pod is to stop, nothing leads back.
/// Deletion, an over-long `activeDeadlineSeconds`, refusal by the node, the end of all containers and, later, eviction and
/// node shutdown all take the same way out.
enum PodState: String, Sendable, Equatable, CaseIterable, Comparable {
    /// Waits for its volumes, the objects it refers to, and its sandbox with its address.
    case pending
    /// The sandbox is up; init containers run, or containers have not all been started once.
    case starting
    case running
    /// To stop, but its containers have not been told: new connections are being led elsewhere first.
    case draining
    /// preStop, stop signal, grace period, SIGKILL.
    case terminating
    /// No process is left; the last status is written, then mounts, sandbox and address are given up.
    case terminated
    /// Nothing is left on the node and, if it was being deleted, nothing in the API.
    case removed

    static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self)! }

    /// Whether new containers may still be started.
    var mayStart: Bool { self < .draining }
}

/// What is, as far as the next state depends on it. Read afresh before every step, so that a missed or repeated event
/// changes nothing.
struct PodFacts: Sendable, Equatable {
    /// Why the pod is to stop; nil while it is to run.
    var stop: StopReason?
    /// Volumes are there and the sandbox is up.
    var prepared = false
    /// Every app container has been started at least once.
    var started = false
    /// Connections have been led elsewhere, or nobody leads any here.
    var drained = true
    /// Containers that still have processes.
    var alive = 0
    /// The API holds the last status of the containers, or no longer holds the pod.
    var finalStatusWritten = false
    /// Sandbox, mounts and address are given up.
    var released = false
    /// The API no longer holds this pod (or holds another of its name).
    var gone = false
}

enum StopReason: Sendable, Equatable {
    /// `deletionTimestamp` is set, or the object is gone.
    case deleted
    /// Every container has ended for good.
    case completed
    /// `activeDeadlineSeconds` is over.
    case deadlineExceeded
    /// The node will not run it; reason and message are the status's.
    case refused(reason: String, message: String)
    /// The machine goes down.
    case nodeShutdown
}

extension PodState {
    /// One step forward, or the same state when nothing allows one.
    func next(_ facts: PodFacts) -> PodState {
        switch self {
        case .pending, .starting, .running:
            if facts.stop != nil { return .draining }
            if !facts.prepared { return .pending }
            return facts.started ? .running : .starting
        case .draining:
            // A pod without processes has nothing to lead away from.
            return facts.drained || facts.alive == 0 ? .terminating : .draining
        case .terminating:
            return facts.alive == 0 ? .terminated : .terminating
        case .terminated:
            // The API must have said how the containers ended before the records of it are destroyed, and a pod that was
            // deleted leaves the API only when nothing of it is left here.
            guard facts.finalStatusWritten, facts.released else { return .terminated }
            return facts.gone ? .removed : .terminated
        case .removed:
            return .removed
        }
    }
}
