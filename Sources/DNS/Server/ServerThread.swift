import Glibc
import Linux
import Synchronization

/// The thread of a server loop: it sleeps in epoll_wait(2), which must not hold one of the few threads that tasks share.
enum ServerThread {
    private final class Argument: Sendable {
        let parts: ServerLoop.Parts
        let done: CheckedContinuation<Void, any Error>

        init(_ parts: ServerLoop.Parts, _ done: CheckedContinuation<Void, any Error>) {
            self.parts = parts
            self.done = done
        }

        func serve() {
            do {
                try ServerLoop(parts).run()
                done.resume()
            } catch {
                done.resume(throwing: error)
            }
        }
    }

    /// Returns when the loop has been told to stop.
    static func run(_ parts: ServerLoop.Parts) async throws {
        try await withCheckedThrowingContinuation { done in
            let argument = Unmanaged.passRetained(Argument(parts, done))
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { raw in
                    Unmanaged<Argument>.fromOpaque(raw!).takeRetainedValue().serve()
                    return nil
                }, argument.toOpaque())
            guard code != 0 else {
                pthread_detach(thread)
                return
            }
            argument.release()
            done.resume(throwing: SystemError("start a thread", "", code: code))
        }
    }
}
