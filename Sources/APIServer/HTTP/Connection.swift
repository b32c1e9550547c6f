import Client
import FoundationEssentials
import KubernetesAPI
import Logging
import Synchronization

/// What every request of one connection shares. Made when the handshake is done, so the user is known.
final class Connection: Sendable {
    let user: User?
    let limits: ConnectionLimits
    let streams: StreamTasks
    let logger: Logger
    private let dates: DateHeader

    init(user: User?, limits: ConnectionLimits, streams: StreamTasks, dates: DateHeader, logger: Logger) {
        self.user = user
        self.limits = limits
        self.streams = streams
        self.dates = dates
        self.logger = logger
    }

    /// A fresh name for one request, so that a client's report finds the server's log line.
    func auditID() -> String { UUID().uuidString.lowercased() }
    func date() -> String { dates.text() }
}

/// The `Date` header, formatted once a second.
final class DateHeader: Sendable {
    private let clock: any WallClock
    private let last = Mutex<(second: Int64, text: String)>((.min, ""))

    init(clock: any WallClock) { self.clock = clock }

    func text() -> String {
        let now = clock.now().time
        return last.withLock { last in
            if last.second != now.seconds {
                last = (now.seconds, HTTPDate.text(seconds: now.seconds, rfc3339: now.description))
            }
            return last.text
        }
    }
}

/// The tasks of answers without an end, so that stopping the server ends them.
final class StreamTasks: Sendable {
    private struct Running {
        var next = 0
        var tasks: [Int: Task<Void, Never>] = [:]
        var stopped = false
    }

    private let running = Mutex(Running())

    @discardableResult
    func start(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        running.withLock { running in
            let number = running.next
            running.next += 1
            // Inside the lock, so that the entry is there before a quick task removes it.
            let task = Task {
                await work()
                self.running.withLock { $0.tasks[number] = nil }
            }
            running.tasks[number] = task
            if running.stopped { task.cancel() }
            return task
        }
    }

    /// Cancels all there are and all that come.
    func stop() {
        let tasks = running.withLock { running in
            running.stopped = true
            return Array(running.tasks.values)
        }
        for task in tasks { task.cancel() }
    }
}
