/// What a pod that found no node waits for.
struct Wait: Equatable, Sendable {
    var causes: Set<Rejection.Cause>
    /// Of a pod that waits for room: how much.
    var requests = PodRequests()
    /// Of one that waits for neighbours: which.
    var neighbours: [PodSelection] = []
    /// The node that is being cleared for it stays its own.
    var keepsNomination = false
}
