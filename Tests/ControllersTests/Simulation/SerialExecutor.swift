import Dispatch

/// Runs a simulation's tasks one after the other, in the order in which they became ready: child tasks too, so that a seed
/// always gives the same run.
final class SerialTaskExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "simulation")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
