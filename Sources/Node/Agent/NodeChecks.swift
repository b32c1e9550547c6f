/// What the program tells the node agent about its host, asked for at every heartbeat.
public struct NodeChecks: Sendable {
    /// Why no pod can run here (the holder of the pods' cgroup is gone); nil when they can.
    public var notReady: @Sendable () -> String?
    /// Tables of others that drop what pods send or get, each with its name and what to do.
    public var forwardBlockers: @Sendable () -> [String]

    public init(
        notReady: @escaping @Sendable () -> String? = { nil },
        forwardBlockers: @escaping @Sendable () -> [String] = { [] }
    ) {
        self.notReady = notReady
        self.forwardBlockers = forwardBlockers
    }
}
