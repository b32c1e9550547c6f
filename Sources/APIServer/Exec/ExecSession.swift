import Client
import KubernetesAPI
import NIOCore

/// One process and the connection that it talks over.
struct ExecSession: UpgradedSession {
    var process: any ExecProcess
    var options: ExecOptions
    var version: ExecProtocol

    /// The streams that the client must open before the process may talk.
    var expected: Set<ExecStream> {
        var expected: Set<ExecStream> = [.error]
        if options.stdin { expected.insert(.stdin) }
        if options.stdout { expected.insert(.stdout) }
        if options.stderr && !options.tty { expected.insert(.stderr) }
        if options.tty && version.resizes { expected.insert(.resize) }
        return expected
    }

    /// Ends a process whose connection never came to be.
    func abandon() {
        let process = process
        Task { await process.kill() }
    }

    func handler(
        _ connection: Connection, _ eventLoop: any EventLoop, ended: @escaping @Sendable () -> Void
    ) throws -> any ChannelHandler {
        try SPDYHandler(session: self, connection: connection, eventLoop: eventLoop, ended: ended)
    }

    /// Carries bytes both ways until the process has ended, then says how. A cancelled task ends the process.
    func run(_ channel: ExecChannel) async {
        let process = process
        await withTaskCancellationHandler {
            await carry(process, channel)
        } onCancel: {
            Task { await process.kill() }
        }
    }

    private func carry(_ process: any ExecProcess, _ channel: ExecChannel) async {
        let input = Task { await feed(process, channel) }
        // A process may close its output long before it ends, and end while it still reads nothing: the input is
        // cancelled only behind `wait`.
        defer { input.cancel() }
        do {
            for await output in process.output {
                switch output {
                case .stdout(let bytes): if options.stdout { try await channel.write(bytes, to: .stdout) }
                case .stderr(let bytes): if options.stderr { try await channel.write(bytes, to: .stderr) }
                }
            }
        } catch {
            // The client is gone, and with it the reader of everything else that the process would say.
            await process.kill()
        }
        let code = await process.wait()
        if Task.isCancelled { return channel.close() }
        do {
            try await channel.finish(version.ending(exitCode: code))
        } catch {
            channel.close()
        }
    }

    private func feed(_ process: any ExecProcess, _ channel: ExecChannel) async {
        for await input in channel.input {
            switch input {
            case .stdin(let bytes):
                await process.write(bytes)
                channel.consumed(bytes.count)
            case .stdinEnd: await process.closeInput()
            case .resize(let columns, let rows): await process.resize(columns: columns, rows: rows)
            }
        }
    }
}

/// What the client sends.
enum ExecInput: Sendable, Equatable {
    case stdin([UInt8])
    case stdinEnd
    case resize(columns: Int, rows: Int)
}
