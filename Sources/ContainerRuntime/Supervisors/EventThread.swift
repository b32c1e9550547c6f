import Glibc
import Linux
import Synchronization

/// One thread that waits for all supervisors: a descriptor each, whose handler runs there when it is readable.
/// Handlers are short and never block.
final class EventThread: Sendable {
    typealias Handler = @Sendable () -> Void

    private let poll: EventPoll
    private let wake: EventFD
    private let state = Mutex(State())

    private struct State {
        var handlers: [UInt64: Handler] = [:]
        var last: UInt64 = 0
        var stopped = false
    }

    init(name: String) throws(SystemError) {
        poll = try EventPoll()
        wake = try EventFD()
        try poll.add(wake.fd.raw, .readable, token: 0)
        var thread = pthread_t()
        // The thread holds this object until it has been stopped.
        let argument = Unmanaged.passRetained(self).toOpaque()
        let result = pthread_create(
            &thread, nil, { Unmanaged<EventThread>.fromOpaque($0!).takeRetainedValue().run() }, argument)
        if result != 0 {
            Unmanaged<EventThread>.fromOpaque(argument).release()
            throw SystemError("start the thread", name, code: result)
        }
        pthread_detach(thread)
    }

    /// Calls `handler` whenever the descriptor is readable or at its end. The number takes it off again.
    func add(_ fd: Int32, _ handler: @escaping Handler) throws(SystemError) -> UInt64 {
        let token = state.withLock { state in
            state.last += 1
            state.handlers[state.last] = handler
            return state.last
        }
        try poll.add(fd, .readable, token: token)
        return token
    }

    /// Takes a descriptor off; before it is closed, because the number may be another's afterwards.
    func remove(_ fd: Int32, _ token: UInt64) {
        guard state.withLock({ $0.handlers.removeValue(forKey: token) }) != nil else { return }
        // Fails only when the descriptor is closed already, which took it off as well.
        try? poll.remove(fd)
    }

    func stop() {
        state.withLock {
            $0.stopped = true
            $0.handlers = [:]
        }
        // The counter cannot be full: it is signalled once.
        try? wake.signal()
    }

    private func run() -> UnsafeMutableRawPointer? {
        while !state.withLock({ $0.stopped }) {
            // A poll that fails has lost its descriptor, which happens only in this object's deinit.
            guard let ready = try? poll.wait(milliseconds: -1) else { return nil }
            for event in ready {
                let handler = state.withLock { $0.handlers[event.token] }
                handler?()
            }
        }
        return nil
    }
}
