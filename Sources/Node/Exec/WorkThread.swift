import Glibc
import Synchronization

/// A thread that does blocking calls one after the other, so that no thread of the tasks' small pool sleeps in the kernel.
/// It ends with its last reference.
final class WorkThread: Sendable {
    private final class Queue: Sendable {
        private struct State {
            var jobs: [@Sendable () -> Void] = []
            var closed = false
        }
        private let state = Mutex(State())
        /// Counts jobs, and one more for the end. Allocated, because a semaphore must not move.
        ///
        /// `nonisolated(unsafe)`: the pointer never changes, and sem_post(3) and sem_wait(3) are made for many threads.
        private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t>

        init() {
            semaphore = .allocate(capacity: 1)
            sem_init(semaphore, 0, 0)
        }

        deinit {
            sem_destroy(semaphore)
            semaphore.deallocate()
        }

        func add(_ job: @escaping @Sendable () -> Void) {
            state.withLock { $0.jobs.append(job) }
            sem_post(semaphore)
        }

        func close() {
            state.withLock { $0.closed = true }
            sem_post(semaphore)
        }

        func work() {
            // Writing to a process that has gone is EPIPE, not the daemon's end.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            while true {
                while sem_wait(semaphore) != 0 {}
                let job: (@Sendable () -> Void)? = state.withLock { state in
                    state.jobs.isEmpty ? nil : state.jobs.removeFirst()
                }
                guard let job else { return }
                job()
            }
        }
    }

    private let queue: Queue

    init() {
        let queue = Queue()
        self.queue = queue
        let argument = Unmanaged.passRetained(queue)
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { raw in
                Unmanaged<Queue>.fromOpaque(raw!).takeRetainedValue().work()
                return nil
            }, argument.toOpaque())
        // Out of threads: nothing that this process could still do.
        precondition(result == 0, "pthread_create: \(String(cString: strerror(result)))")
        pthread_detach(thread)
    }

    deinit { queue.close() }

    func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            queue.add { continuation.resume(returning: body()) }
        }
    }
}
