import Glibc
import Synchronization

/// A thread for one piece of work whose per-thread state (namespaces, credentials) nobody else may get to see.
public enum OwnThread {
    /// Runs `body` on a new thread and waits for it.
    public static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        let work = Work { () throws(SystemError) in try body() }
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<AnyWork>.fromOpaque(context!).takeRetainedValue().perform()
                return nil
            }, Unmanaged<AnyWork>.passRetained(work).toOpaque())
        if code != 0 {
            Unmanaged<AnyWork>.passUnretained(work).release()
            throw SystemError("start a thread", "", code: code)
        }
        pthread_join(thread, nil)
        return try work.outcome.withLock { $0! }.get()
    }
}

/// What crosses the C interface, which knows no generic parameter.
private class AnyWork {
    func perform() {}
}

private final class Work<Outcome: Sendable>: AnyWork {
    let body: @Sendable () throws(SystemError) -> Outcome
    let outcome = Mutex<Result<Outcome, SystemError>?>(nil)

    init(_ body: @escaping @Sendable () throws(SystemError) -> Outcome) { self.body = body }

    override func perform() {
        let result = Result { () throws(SystemError) in try body() }
        outcome.withLock { $0 = result }
    }
}
