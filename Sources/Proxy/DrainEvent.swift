import KubernetesAPI

/// What a drain may be waiting for.
enum DrainEvent: Sendable, Equatable {
    /// A slice of this Service changed.
    case endpoints(of: ObjectName)
    /// Some node's proxy, or this one's, has applied more.
    case applied
}
