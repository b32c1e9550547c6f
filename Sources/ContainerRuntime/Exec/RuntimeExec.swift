import CLinux
public import Linux

/// A process that was started in a running container. Its descriptors are the caller's to read and write; they close
/// when this object and every taker have let go of them.
///
/// The supervisor kills the process when the daemon's connection ends; the caller kills it when its client hangs up.
public final class RuntimeExec: Sendable {
    /// Standard input, nil when none was asked for. Closing it is the end of the input; with a terminal it is a copy of
    /// the terminal's descriptor.
    public let input: OwnedFD?
    /// Standard output; with a terminal, its master, which reads EIO when the last process has gone.
    public let output: OwnedFD
    /// Standard error; nil with a terminal.
    public let error: OwnedFD?
    public let tty: Bool
    public let pid: Int32
    private let number: UInt32
    private let client: SupervisorClient

    init(_ message: ExecMessage, tty: Bool, stdin: Bool, descriptors: [OwnedFD], client: SupervisorClient) throws {
        let expected = tty ? 1 : stdin ? 3 : 2
        guard descriptors.count == expected else { throw SupervisorError.malformed }
        self.tty = tty
        self.client = client
        pid = message.value
        number = message.exec
        if tty {
            input = stdin ? try descriptors[0].duplicate() : nil
            output = descriptors[0]
            error = nil
        } else {
            input = stdin ? descriptors[0] : nil
            output = descriptors[expected - 2]
            error = descriptors[expected - 1]
        }
    }

    deinit { client.forgetExec(number) }

    /// Sets the terminal's size; the process gets SIGWINCH.
    public func resize(rows: UInt32, columns: UInt32) throws(SystemError) {
        let result = container_terminal_resize(output.raw, rows, columns)
        if result < 0 { throw SystemError("resize the terminal of process", "\(pid)", code: -result) }
    }

    /// Waits for the end: the exit code, 128 + signal when one ended it. May be called once or more.
    public func wait() async throws -> Int32 { try await client.execExit(number) }

    /// SIGKILL. Nothing happens when it has ended.
    public func kill() {
        // The answer does not matter, and there is none when the supervisor is gone: so is the process then.
        client.post(RequestType.signalExec, ExecMessage(exec: number, value: 9).encoded)
    }
}
