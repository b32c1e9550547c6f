import CLinux

/// A container from its clone until the daemon says that it may be forgotten.
final class Container {
    /// Names it in the poll; never used again.
    let number: UInt32
    var record: ContainerRecord
    let stopSignal: Int32
    /// Who asked for it, until the answer has been given.
    var waiting: PendingReply?
    private(set) var pidfd: Int32
    private(set) var cgroup: Int32
    /// -1 once the program has been executed.
    private(set) var report: Int32
    /// Our ends: output or terminal, error.
    private(set) var outputs: [Int32]
    /// Our end of a standard input that stays open.
    private var input: Int32
    private var streams = [LogStream(.stdout), LogStream(.stderr)]
    private var log: LogFile<SystemLogDirectory>
    private let logDirectory: Int32

    init(
        number: UInt32, request: StartRequest, spawned: container_spawned, cgroup: Int32, outputs: [Int32],
        input: Int32, log: LogFile<SystemLogDirectory>, logDirectory: Int32, waiting: PendingReply
    ) {
        self.number = number
        record = ContainerRecord(
            id: request.id, name: request.name, attempt: request.attempt, pid: spawned.pid,
            startedAt: supervisor_realtime() / 1000)
        stopSignal = request.stopSignal
        self.waiting = waiting
        pidfd = spawned.pidfd
        report = spawned.report
        self.cgroup = cgroup
        self.outputs = outputs
        self.input = input
        self.log = log
        self.logDirectory = logDirectory
    }

    var isRunning: Bool { pidfd >= 0 }
    var cgroupDescriptor: Int32 { cgroup }

    func signal(_ number: Int32) -> Int32 {
        // One that is gone needs no signal.
        isRunning ? clinux_pidfd_send_signal(pidfd, number) : 0
    }

    /// The terminal has come from inside.
    func takeTerminal(_ master: Int32, poller: Poller) {
        _ = supervisor_set_nonblocking(master)
        outputs = [master]
        poller.add(master, .output(number, 0))
    }

    func closeReport(poller: Poller) {
        if report < 0 { return }
        poller.remove(report)
        _ = clinux_close(report)
        report = -1
    }

    /// Copies output into the log, at most `rounds` buffers of it, so that a container that talks without end does not
    /// keep the others waiting.
    func copyOutput(_ stream: Int, rounds: Int, buffer: inout [UInt8], poller: Poller) {
        if stream >= outputs.count || outputs[stream] < 0 { return }
        for _ in 0..<rounds {
            let got = Int(clinux_read(outputs[stream], &buffer, buffer.count))
            if got == -11 { return }
            // 0: every writer has gone; EIO: so has everyone at the terminal's other end.
            if got <= 0 { return endOutput(stream, poller: poller) }
            let now = supervisor_realtime()
            var records: [UInt8] = []
            records.reserveCapacity(got + 64)
            buffer.withUnsafeBytes { bytes in
                streams[stream].take(UnsafeRawBufferPointer(rebasing: bytes[0..<got]), at: now, records: &records)
            }
            log.write(records, at: now)
        }
    }

    private func endOutput(_ stream: Int, poller: Poller) {
        let now = supervisor_realtime()
        var records: [UInt8] = []
        streams[stream].finish(at: now, records: &records)
        log.write(records, at: now)
        poller.remove(outputs[stream])
        _ = clinux_close(outputs[stream])
        outputs[stream] = -1
    }

    /// Its first process has ended, and with it all of its PID namespace: what they wrote lies in the pipes. A descriptor
    /// may have gone elsewhere (to another container through a socket), so the end of the pipe is not waited for.
    func ended(status: Int32, buffer: inout [UInt8], poller: Poller) {
        for stream in 0..<outputs.count {
            copyOutput(stream, rounds: 4096, buffer: &buffer, poller: poller)
            if outputs[stream] >= 0 { endOutput(stream, poller: poller) }
        }
        let signal = status & 0x7f
        record.exit = ContainerRecord.Exit(
            code: signal == 0 ? (status >> 8) & 0xff : 128 + signal, signal: signal, oomKilled: ranOutOfMemory(),
            finishedAt: supervisor_realtime() / 1000)
        release(poller: poller)
    }

    /// Lets go of everything but the record.
    func release(poller: Poller) {
        closeReport(poller: poller)
        for stream in 0..<outputs.count where outputs[stream] >= 0 {
            poller.remove(outputs[stream])
            _ = clinux_close(outputs[stream])
            outputs[stream] = -1
        }
        log.close()
        closeAll([pidfd, cgroup, input, logDirectory])
        pidfd = -1
        cgroup = -1
        input = -1
    }

    /// Read while the cgroup is there; hosts without the memory controller have no such file.
    private func ranOutOfMemory() -> Bool {
        let file = clinux_openat(cgroup, "memory.events", 0, 0)
        if file < 0 { return false }
        var text = [UInt8](repeating: 0, count: 512)
        let got = Int(clinux_read(file, &text, text.count))
        _ = clinux_close(file)
        if got <= 0 { return false }
        return MemoryEvents.oomKills(text[0..<got]) > 0
    }
}

/// The answer that somebody waits for.
struct PendingReply {
    var connection: UInt32
    var request: UInt32
}
