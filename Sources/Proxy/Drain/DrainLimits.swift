/// How long each part of a drain takes at most.
public struct DrainLimits: Sendable {
    /// For endpoint slices and proxies to follow. A node that died a moment ago still counts as Ready, and must not hold up
    /// every pod's end.
    public var proxies = Duration.seconds(2)
    /// After the last proxy's word: packets of connections that were translated before it are still on their way, and the
    /// pod's process has yet to accept what is in its backlog.
    public var minimum = Duration.milliseconds(100)
    /// For established connections to fall idle, from then on.
    public var connections = Duration.seconds(2)
    /// Connections without a packet for so long count as idle.
    public var quiet = Duration.milliseconds(200)

    public init() {}
}
