import CLinux

/// The parent of a pod's containers. One thread, one poll; everything it knows is here, and it goes on whether a daemon
/// is connected or not.
final class Supervisor {
    let options: Options
    let podUID: [UInt8]
    let sandbox: Sandbox
    private(set) var poller = Poller()
    private let listener: Int32
    private let signals: Int32
    private let graceTimer: Int32
    private(set) var containers: [Container] = []
    private(set) var execs: [ExecProcess] = []
    private var connections: [Connection] = []
    private var lastNumber: UInt32 = 0
    private var buffer = [UInt8](repeating: 0, count: LogStream.longest)
    /// Told to end: no more starts, and the end when no container is left.
    private(set) var stopping = false
    private var killed = false

    /// - listener: a listening socket; first: a connection that is open already, or -1.
    init(options: Options, podUID: [UInt8], listener: Int32, first: Int32) {
        self.options = options
        self.podUID = podUID
        self.listener = listener
        signals = supervisor_signals()
        sandbox = Sandbox(options)
        graceTimer = clinux_timerfd_create(1, 0o4000)
        _ = supervisor_set_nonblocking(listener)
        poller.add(listener, .listener)
        poller.add(signals, .signals)
        poller.add(graceTimer, .graceTimer)
        if first >= 0 { connect(first) }
    }

    func run() {
        while !(stopping && containers.allSatisfy { !$0.isRunning }) {
            for (token, events) in poller.wait() {
                if let source = Source(token: token) { handle(source, events) }
            }
            for connection in connections { settle(connection) }
            // Without its sandbox there is nothing to supervise; the daemon has been told, and goes.
            if sandbox.failure != nil && connections.isEmpty { return }
        }
        // Whoever waits for an end or an exit hears of it.
        for connection in connections { _ = connection.flush() }
    }

    private func handle(_ source: Source, _ events: UInt32) {
        switch source {
        case .listener: accept()
        case .signals: takeSignals()
        case .graceTimer: killAll()
        case .connection(let number):
            guard let connection = connections.first(where: { $0.number == number }) else { return }
            if events & ~Poller.writable != 0 { receive(from: connection) }
        case .report(let number):
            if let container = containers.first(where: { $0.number == number }) { readReport(of: container) }
            if let exec = execs.first(where: { $0.number == number }) { readReport(of: exec) }
        case .output(let number, let stream):
            guard let container = containers.first(where: { $0.number == number }) else { return }
            container.copyOutput(Int(stream), rounds: 8, buffer: &buffer, poller: poller)
        }
    }

    /// Numbers are never used again, so an event of the same batch cannot reach a later owner.
    func nextNumber() -> UInt32 {
        lastNumber += 1
        return lastNumber
    }

    func add(_ container: Container) {
        containers.append(container)
        poller.add(container.report, .report(container.number))
        for stream in 0..<container.outputs.count where container.outputs[stream] >= 0 {
            _ = supervisor_set_nonblocking(container.outputs[stream])
            poller.add(container.outputs[stream], .output(container.number, UInt32(stream)))
        }
    }

    func add(_ exec: ExecProcess) {
        execs.append(exec)
        poller.add(exec.report, .report(exec.number))
    }

    func remove(_ container: Container) { containers.removeAll { $0.number == container.number } }
    func remove(_ exec: ExecProcess) { execs.removeAll { $0.number == exec.number } }

    // MARK: Connections

    private func accept() {
        while true {
            let fd = clinux_accept(listener)
            if fd < 0 { return }
            var pid: Int32 = 0
            var user: UInt32 = 1
            var group: UInt32 = 0
            // The directory keeps others out already; this holds if somebody ever opens it.
            if clinux_peer_credentials(fd, &pid, &user, &group) < 0 || user != 0 || connections.count >= 8 {
                _ = clinux_close(fd)
                continue
            }
            connect(fd)
        }
    }

    private func connect(_ fd: Int32) {
        let connection = Connection(number: nextNumber(), fd: fd)
        connections.append(connection)
        poller.add(fd, .connection(connection.number))
    }

    private func receive(from connection: Connection) {
        guard let frames = connection.receive(&buffer) else { return drop(connection) }
        for frame in frames { handle(frame, from: connection) }
    }

    /// Sends what waits, and asks the poll for room where it does not fit.
    private func settle(_ connection: Connection) {
        switch connection.flush() {
        case .open: poller.change(connection.fd, .connection(connection.number), Poller.readable)
        case .full:
            poller.change(connection.fd, .connection(connection.number), Poller.readable | Poller.writable)
        case .closed: drop(connection)
        }
    }

    private func drop(_ connection: Connection) {
        poller.remove(connection.fd)
        connection.close()
        connections.removeAll { $0.number == connection.number }
        // The client of an exec has hung up.
        for exec in execs where exec.connection == connection.number { _ = clinux_pidfd_send_signal(exec.pidfd, 9) }
    }

    func reply(_ pending: PendingReply?, _ type: UInt16, _ body: [UInt8], descriptors: [Int32] = []) {
        guard let pending, let connection = connections.first(where: { $0.number == pending.connection }) else {
            // The daemon that asked is gone.
            return closeAll(descriptors)
        }
        connection.send(Frame(type: type, request: pending.request, body: body, descriptors: descriptors))
    }

    /// Tells everyone who listens.
    func announce(_ type: UInt16, _ body: [UInt8]) {
        for connection in connections where connection.greeted {
            connection.send(Frame(type: type, request: 0, body: body, descriptors: []))
        }
    }

    // MARK: Processes

    private func takeSignals() {
        while true {
            let signal = supervisor_next_signal(signals)
            if signal == 0 { break }
            if signal != 17 { stop() }
        }
        var status: Int32 = 0
        while true {
            let pid = supervisor_reap(&status)
            if pid == 0 { break }
            if let container = containers.first(where: { $0.record.pid == pid && $0.isRunning }) {
                // What it said before it ended comes first: perhaps it was never executed.
                readReport(of: container)
                guard container.isRunning else { continue }
                finishStart(of: container)
                container.ended(status: status, buffer: &buffer, poller: poller)
                announce(ReplyType.exited, container.record.encoded)
            } else if let exec = execs.first(where: { $0.pid == pid }) {
                readReport(of: exec)
                guard execs.contains(where: { $0.number == exec.number }) else { continue }
                finishStart(of: exec)
                end(exec, status: status)
            }
        }
    }

    private func end(_ exec: ExecProcess, status: Int32) {
        let signal = status & 0x7f
        let code = signal == 0 ? (status >> 8) & 0xff : 128 + signal
        exec.release(poller: poller)
        remove(exec)
        let message = ExecMessage(exec: exec.number, value: code, signal: signal)
        reply(PendingReply(connection: exec.connection, request: 0), ReplyType.execExited, message.encoded)
    }

    /// The node goes down: every container gets its stop signal, its grace, and then SIGKILL.
    private func stop() {
        if stopping { return }
        stopping = true
        for container in containers { _ = container.signal(container.stopSignal) }
        let nanoseconds = options.grace > 0 ? options.grace * 1_000_000_000 : 1
        _ = clinux_timerfd_settime(graceTimer, nanoseconds, 0)
    }

    func killAll() {
        stopping = true
        if killed { return }
        killed = true
        _ = clinux_timerfd_settime(graceTimer, 0, 0)
        for container in containers { _ = container.signal(9) }
    }
}
