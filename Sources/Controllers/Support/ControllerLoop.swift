import Client
import KubernetesAPI
import Logging

/// A queue of names and what is done with each, until the task is cancelled.
struct ControllerLoop: Sendable {
    let name: String
    let queue: WorkQueue<ObjectName>
    let logger: Logger

    init(_ name: String, clock: any WallClock, logger: Logger) {
        self.name = name
        queue = WorkQueue(clock: clock)
        self.logger = logger
    }

    func add(_ names: [ObjectName]) {
        for name in names { queue.add(name) }
    }

    /// Together with what comes in the same time.
    func add(_ names: [ObjectName], after delay: Duration) {
        for name in names { queue.addAfter(delay, name) }
    }

    /// - Parameter reconcile: takes one step; returns after what time to look again even if nothing changes.
    func run(workers: Int, _ reconcile: @escaping @Sendable (ObjectName) async throws -> Duration?) async {
        await queue.run(
            workers: workers,
            failed: { key, error in
                // Somebody else wrote first: the copy is about to show it, and the step is taken anew.
                if let error = error as? APIError, error.isConflict { return }
                logger.warning("\(name) cannot sync \(key), will try again: \(error)")
            },
            { key in
                if let delay = try await reconcile(key) { queue.addAfter(delay, key) }
            })
    }
}
