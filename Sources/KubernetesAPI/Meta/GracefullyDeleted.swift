/// A kind whose deletion takes time: the object stays, with a deletionTimestamp, until whoever runs it has let it end.
public protocol GracefullyDeleted: APIObject {
    /// Seconds that a deletion beginning now may take; 0 removes the object at once.
    /// - Parameter asked: what the deletion asks for; nil leaves it to the object.
    func deletionGracePeriod(asked: Int64?) -> Int64
}

/// A kind that must also be let go through its spec before it disappears (Namespace: its content is deleted first).
public protocol FinalizedBySpec: APIObject {
    var specFinalizers: [String] { get set }
    /// Says in the status that the object is going.
    mutating func markTerminating()
}
