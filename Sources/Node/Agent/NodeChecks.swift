/// What the program tells the node agent about its host, asked for at every heartbeat.
public struct NodeChecks: Sendable {
    /// Why no pod can run here (the holder of the pods' cgroup is gone); nil when they can.
    public var notReady: @Sendable () -> String?

    public init(notReady: @escaping @Sendable () -> String? = { nil }) { self.notReady = notReady }
}
