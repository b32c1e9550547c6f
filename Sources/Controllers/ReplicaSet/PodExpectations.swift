/// What a ReplicaSet's last step did that the pod cache has not shown yet: while anything is open, the cache miscounts and
/// the controller must neither create nor delete.
///
/// Kubernetes counts expected creations and may lose count when an event overtakes the answer to its own create; here
/// every pod is followed by its uid, so each is counted exactly once. Purpose: kubernetes/kubernetes
/// pkg/controller/controller_utils.go, ControllerExpectations.
struct PodExpectations: Equatable, Sendable {
    /// Creates sent and not yet answered.
    private(set) var inFlight = 0
    /// Created, not yet seen in the cache.
    private(set) var awaitingCreation: [String: Name] = [:]
    /// Deleted, not yet seen as terminating or gone.
    private(set) var awaitingDeletion: [String: Name] = [:]
    /// Seen while creates were in flight: an event may come before the answer that tells the uid.
    private var seenInFlight: Set<String> = []

    /// A pod's name, to look it up at the server when its event stays away.
    typealias Name = String

    var isSatisfied: Bool { inFlight == 0 && awaitingCreation.isEmpty && awaitingDeletion.isEmpty }

    mutating func willCreate(_ count: Int) { inFlight += count }

    /// A create that failed, or that was never sent.
    mutating func didNotCreate(_ count: Int = 1) {
        inFlight -= count
        landed()
    }

    mutating func didCreate(uid: String, name: Name) {
        inFlight -= 1
        if !seenInFlight.contains(uid) { awaitingCreation[uid] = name }
        landed()
    }

    mutating func willDelete(uid: String, name: Name) { awaitingDeletion[uid] = name }

    mutating func didNotDelete(uid: String) { awaitingDeletion[uid] = nil }

    /// The cache shows the pod for the first time, or shows it gone.
    mutating func saw(uid: String, terminating: Bool) {
        if inFlight > 0 { seenInFlight.insert(uid) }
        awaitingCreation[uid] = nil
        if terminating { awaitingDeletion[uid] = nil }
    }

    private mutating func landed() {
        if inFlight == 0 { seenInFlight = [] }
    }
}
