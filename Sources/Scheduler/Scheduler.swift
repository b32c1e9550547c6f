public import Client
import KubernetesAPI
public import Logging
import Synchronization

/// Gives every pod of `default-scheduler` a node.
///
/// One pod is decided on at a time, against an account of the nodes that counts earlier decisions at once; the bindings
/// themselves run in parallel.
public struct Scheduler: Sendable {
    private let client: any Client
    private let clock: any WallClock
    private let logger: Logger

    public init(client: any Client, clock: any WallClock = SystemClock(), logger: Logger) {
        self.client = client
        self.clock = clock
        self.logger = logger
    }

    static let name = "default-scheduler"

    /// Runs until the task is cancelled.
    public func run() async throws {
        let recorder = EventRecorder(client, component: Self.name, clock: clock, logger: logger)
        let core = SchedulerCore(client: client, recorder: recorder, clock: clock, logger: logger)
        try await core.run()
        try Task.checkCancellation()
    }
}
