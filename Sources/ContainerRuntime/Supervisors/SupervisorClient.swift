import CLinux
import Dispatch
import Glibc
import Linux
import Synchronization

/// The daemon's end of the connection to one pod's supervisor: requests find their answers by number, events go to
/// their receiver in the order in which they happened.
final class SupervisorClient: Sendable {
    enum Event: Sendable {
        case exited(ContainerRecord)
        /// The connection has ended; nothing comes after it.
        case closed
    }

    /// An answer with its descriptors, which close unless somebody keeps them.
    struct Reply: Sendable {
        var type: UInt16
        var body: [UInt8]
        var descriptors: [OwnedFD]
    }

    private static let clock = DispatchQueue(label: "swiftlet.supervisors.deadlines")

    private let socket: UnixSocket
    private let thread: EventThread
    private let receive: @Sendable (Event) -> Void
    private let state = Mutex(State())
    /// Keeps messages whole: several tasks send.
    private let sending = Mutex(())

    private struct State {
        var assembler = FrameAssembler()
        var waiting: [UInt32: CheckedContinuation<Reply, any Error>] = [:]
        var execs: [UInt32: ExecState] = [:]
        var lastRequest: UInt32 = 0
        var token: UInt64 = 0
        var closed = false
    }

    private enum ExecState {
        case ended(Int32)
        case awaited([CheckedContinuation<Int32, any Error>])
    }

    init(
        _ socket: UnixSocket, on thread: EventThread, receive: @escaping @Sendable (Event) -> Void
    ) throws(SystemError) {
        self.socket = socket
        self.thread = thread
        self.receive = receive
        // A supervisor that takes nothing for so long is stuck; nobody shall wait for it without end.
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(socket.fd.raw, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let token = try thread.add(socket.fd.raw) { [weak self] in self?.readable() }
        state.withLock { $0.token = token }
    }

    /// How long a supervisor that is well may take: for what it knows itself, and for what a child of it does, which may
    /// wait for a slow file system.
    static let promptly = Duration.seconds(10)
    static let patiently = Duration.seconds(120)

    /// Sends a request and waits for its answer; a refusal is an error, and so is silence.
    func request(
        _ type: UInt16, _ body: [UInt8], descriptors: [Int32] = [], within limit: Duration = promptly
    ) async throws -> Reply {
        let reply: Reply = try await withCheckedThrowingContinuation { continuation in
            let number: UInt32? = state.withLock { state in
                if state.closed { return nil }
                // 0 is for events.
                state.lastRequest = state.lastRequest == .max ? 1 : state.lastRequest + 1
                state.waiting[state.lastRequest] = continuation
                return state.lastRequest
            }
            guard let number else { return continuation.resume(throwing: SupervisorError.gone) }
            if !send(Frame(type: type, request: number, body: body, descriptors: descriptors)) { close() }
            Self.clock.asyncAfter(deadline: .now() + .nanoseconds(Int(limit / .nanoseconds(1)))) { [weak self] in
                self?.state.withLock { $0.waiting.removeValue(forKey: number) }?
                    .resume(throwing: SupervisorError.silent)
            }
        }
        if reply.type == ReplyType.failed {
            guard let failure = try? FailureReply.decode(reply.body) else { throw SupervisorError.malformed }
            throw SupervisorError.refused(failure)
        }
        return reply
    }

    /// Sends a request whose answer nobody waits for.
    func post(_ type: UInt16, _ body: [UInt8]) {
        let number: UInt32? = state.withLock { state in
            if state.closed { return nil }
            state.lastRequest = state.lastRequest == .max ? 1 : state.lastRequest + 1
            return state.lastRequest
        }
        guard let number else { return }
        if !send(Frame(type: type, request: number, body: body, descriptors: [])) { close() }
    }

    /// The exit code of an exec'd process, now or when it comes.
    func execExit(_ exec: UInt32) async throws -> Int32 {
        try await withCheckedThrowingContinuation { continuation in
            let ended: Int32? = state.withLock { state in
                if case .ended(let code) = state.execs[exec] { return code }
                if state.closed { return -1 }
                var all: [CheckedContinuation<Int32, any Error>] = []
                if case .awaited(let others) = state.execs[exec] { all = others }
                state.execs[exec] = .awaited(all + [continuation])
                return nil
            }
            guard let ended else { return }
            if ended < 0 {
                continuation.resume(throwing: SupervisorError.gone)
            } else {
                continuation.resume(returning: ended)
            }
        }
    }

    /// Nobody will ask for this exit any more.
    func forgetExec(_ exec: UInt32) { state.withLock { _ = $0.execs.removeValue(forKey: exec) } }

    /// Lets go of the supervisor, which goes on.
    func close() {
        let (token, waiting, execs) = state.withLock { state in
            if state.closed { return (UInt64(0), [CheckedContinuation<Reply, any Error>](), [ExecState]()) }
            state.closed = true
            for descriptor in state.assembler.takeDescriptors() { OwnedFD(descriptor).close() }
            defer {
                state.waiting = [:]
                state.execs = state.execs.filter { if case .ended = $0.value { true } else { false } }
            }
            return (state.token, Array(state.waiting.values), Array(state.execs.values))
        }
        guard token != 0 else { return }
        thread.remove(socket.fd.raw, token)
        socket.fd.close()
        for continuation in waiting { continuation.resume(throwing: SupervisorError.gone) }
        for case .awaited(let all) in execs { for one in all { one.resume(throwing: SupervisorError.gone) } }
        receive(.closed)
    }

    private func send(_ frame: Frame) -> Bool {
        let bytes = frame.encoded
        return sending.withLock { _ in
            var done = 0
            while done < bytes.count {
                let attached = done == 0 ? frame.descriptors : []
                let sent = bytes[done...].withUnsafeBytes {
                    clinux_send_fds(socket.fd.raw, $0.baseAddress, $0.count, attached, Int32(attached.count), 0)
                }
                if sent <= 0 { return false }
                done += sent
            }
            return true
        }
    }

    private func readable() {
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            var numbers = [Int32](repeating: -1, count: 16)
            var count: Int32 = 16
            let got = clinux_receive_fds(
                socket.fd.raw, &buffer, buffer.count, &numbers, &count, Int32(MSG_DONTWAIT))
            if got == -Int(EAGAIN) { return }
            if got <= 0 { return close() }
            let frames: [Frame]? = state.withLock { state in
                state.assembler.append(buffer[..<got], descriptors: Array(numbers[..<Int(count)]))
                var frames: [Frame] = []
                do { while let frame = try state.assembler.next() { frames.append(frame) } } catch { return nil }
                return frames
            }
            guard let frames else { return close() }
            for frame in frames { take(frame) }
        }
    }

    private func take(_ frame: Frame) {
        let descriptors = frame.descriptors.map(OwnedFD.init)
        guard frame.request == 0 else {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: frame.request) }
            continuation?.resume(returning: Reply(type: frame.type, body: frame.body, descriptors: descriptors))
            return
        }
        switch frame.type {
        case ReplyType.exited:
            if let record = try? ContainerRecord.decode(frame.body) { receive(.exited(record)) }
        case ReplyType.execExited:
            guard let message = try? ExecMessage.decode(frame.body) else { return }
            let former = state.withLock { $0.execs.updateValue(.ended(message.value), forKey: message.exec) }
            if case .awaited(let all) = former { for one in all { one.resume(returning: message.value) } }
        default: break  // an event of a newer supervisor
        }
    }
}
