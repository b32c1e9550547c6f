/// Why a pod cannot go to a node.
struct Rejection: Equatable, Sendable {
    /// In Kubernetes' words, without a count.
    var reasons: [String]
    /// Removing other pods from the node would not help.
    var isFinal: Bool
    /// What kind of change can help.
    var cause: Cause

    enum Cause: Hashable, Sendable {
        /// Room: a pod that goes, or a node with more.
        case room
        /// The node's labels, taints, readiness.
        case node
        case claims
        /// Pods that its affinity or its spreading speaks of, where they are and whether.
        case neighbours
        /// Pods that keep it away.
        case repelled
    }

    init(_ reasons: [String], isFinal: Bool, _ cause: Cause) {
        self.reasons = reasons
        self.isFinal = isFinal
        self.cause = cause
    }
}

/// Why one node said no.
struct NodeRejection: Error {
    var slot: Int
    var node: String
    var rejection: Rejection
}
