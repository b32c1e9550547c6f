import Linux

/// IANA's protocol numbers.
enum TransportProtocol: UInt8, Sendable, Hashable {
    case tcp = 6
    case udp = 17
    case sctp = 132

    /// Kubernetes' word for it; a missing one means TCP.
    init?(_ text: String?) {
        switch text {
        case nil, "TCP": self = .tcp
        case "UDP": self = .udp
        case "SCTP": self = .sctp
        default: return nil
        }
    }
}

/// What clients connect to.
struct Frontend: Sendable, Hashable {
    /// Who asks: with externalTrafficPolicy Local the answer differs.
    enum Scope: Sendable, Hashable {
        case everyone
        /// What comes from neither a pod nor this host; asked before `everyone`.
        case outside
    }

    var address: IPv4Address
    var `protocol`: TransportProtocol
    var port: UInt16
    var scope = Scope.everyone
}

/// What answers.
struct Target: Sendable, Hashable, Comparable {
    var address: IPv4Address
    var port: UInt16

    static func < (left: Self, right: Self) -> Bool { (left.address, left.port) < (right.address, right.port) }
}

/// What a frontend should lead to.
struct Backends: Sendable, Equatable {
    enum Unavailable: Sendable, Hashable {
        /// Nobody serves: the client hears so at once.
        case refuse
        /// Nobody serves here, but elsewhere: the client (a load balancer that probes) must not take it for an answer.
        case drop
    }

    /// Sorted.
    var targets: [Target]
    var unavailable = Unavailable.refuse
    /// Seconds that a client keeps its target after its last connection; nil: each connection is on its own.
    var affinity: UInt32?
}
