/// One thing that must be well for `/readyz` to answer 200.
public struct HealthCheck: Sendable {
    public var name: String
    /// Nil when all is well; else why not, for the log. Must not wait: it runs on an event loop.
    public var failure: @Sendable () -> String?

    public init(_ name: String, failure: @escaping @Sendable () -> String?) {
        self.name = name
        self.failure = failure
    }
}
