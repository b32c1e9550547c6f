import Client
import ContainerRuntime
import Glibc
import Linux
import Logging
import Synchronization

/// A process in a container, with its descriptors as streams. Output is read only when it is asked for: a process that
/// prints faster than its reader reads waits in write(2), as on a terminal.
final class RuntimeExecProcess: ExecProcess {
    private let exec: RuntimeExec
    private let reader = WorkThread()
    private let writer = WorkThread()
    private let streams: Mutex<Streams>
    private let isCancelled = Atomic(false)
    private let logger: Logger

    private struct Streams {
        /// The open ones; which is which.
        var open: [(descriptor: OwnedFD, isError: Bool)]
    }

    init(_ exec: RuntimeExec, logger: Logger) {
        self.exec = exec
        self.logger = logger
        var open: [(descriptor: OwnedFD, isError: Bool)] = [(exec.output, false)]
        if let error = exec.error { open.append((error, true)) }
        streams = Mutex(Streams(open: open))
    }

    var output: AsyncStream<ExecOutput> {
        AsyncStream(
            unfolding: { [self] in await reader.run { self.readSome() } },
            onCancel: { [self] in hangUp() })
    }

    private func hangUp() {
        isCancelled.store(true, ordering: .releasing)
        exec.kill()
    }

    /// Waits for output of either stream. Nil at the end of both.
    private func readSome() -> ExecOutput? {
        while true {
            let open = streams.withLock(\.open)
            if open.isEmpty || isCancelled.load(ordering: .acquiring) { return nil }
            var polled = open.map { pollfd(fd: $0.descriptor.raw, events: Int16(POLLIN), revents: 0) }
            // A process whose children keep its pipes open after it was hung up never ends them: hence the look around.
            let ready = poll(&polled, nfds_t(polled.count), 200)
            if ready < 0, errno != EINTR { return nil }
            for (entry, stream) in zip(polled, open) where entry.revents != 0 {
                var buffer = [UInt8](repeating: 0, count: 32 * 1024)
                let count = read(entry.fd, &buffer, buffer.count)
                if count > 0 {
                    let bytes = Array(buffer[..<count])
                    return stream.isError ? .stderr(bytes) : .stdout(bytes)
                }
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                // The end; a terminal says so with EIO.
                streams.withLock { $0.open.removeAll { $0.descriptor === stream.descriptor } }
                stream.descriptor.close()
            }
        }
    }

    func write(_ bytes: [UInt8]) async {
        guard let input = exec.input else { return }
        await writer.run {
            var done = 0
            while done < bytes.count {
                let count = bytes.withUnsafeBytes { Glibc.write(input.raw, $0.baseAddress! + done, $0.count - done) }
                if count > 0 {
                    done += count
                } else if errno == EAGAIN {
                    var entry = pollfd(fd: input.raw, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&entry, 1, 1000)
                } else if errno != EINTR {
                    // EPIPE: it does not read any more.
                    return
                }
            }
        }
    }

    func closeInput() async {
        guard let input = exec.input else { return }
        let tty = exec.tty
        await writer.run {
            // A terminal has no end of input of its own; Ctrl-D is how a user gives one.
            if tty { _ = Glibc.write(input.raw, [4], 1) }
            input.close()
        }
    }

    func resize(columns: Int, rows: Int) async {
        do {
            try exec.resize(rows: UInt32(clamping: rows), columns: UInt32(clamping: columns))
        } catch {
            logger.debug("\(error)")
        }
    }

    func wait() async -> Int32 {
        do {
            return try await exec.wait()
        } catch {
            logger.warning("the exit code of process \(exec.pid) is lost: \(error)")
            return 137
        }
    }

    func kill() async { exec.kill() }
}
