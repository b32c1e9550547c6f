import CLinux

/// A process that joined a container. It belongs to the connection that asked for it and ends with that.
final class ExecProcess {
    let number: UInt32
    let connection: UInt32
    let pid: Int32
    let pidfd: Int32
    let tty: Bool
    var waiting: PendingReply?
    private(set) var report: Int32
    /// The daemon's ends, until they are sent: input, output, error; or the terminal alone.
    private(set) var ends: [Int32]

    init(
        number: UInt32, connection: UInt32, spawned: container_spawned, tty: Bool, ends: [Int32], waiting: PendingReply
    ) {
        self.number = number
        self.connection = connection
        pid = spawned.pid
        pidfd = spawned.pidfd
        report = spawned.report
        self.tty = tty
        self.ends = ends
        self.waiting = waiting
    }

    func takeTerminal(_ master: Int32) { ends = [master] }

    func takeEnds() -> [Int32] {
        defer { ends = [] }
        return ends
    }

    func closeReport(poller: Poller) {
        if report < 0 { return }
        poller.remove(report)
        _ = clinux_close(report)
        report = -1
    }

    func release(poller: Poller) {
        closeReport(poller: poller)
        closeAll(takeEnds())
        _ = clinux_close(pidfd)
    }
}
