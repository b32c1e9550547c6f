import Client
import Synchronization

/// A process of the tests: it prints what it reads and ends when its input ends, or when told to.
final class ScriptedProcess: ExecProcess {
    struct Record {
        var written: [UInt8] = []
        var sizes: [[Int]] = []
        var inputClosed = false
        var killed = false
    }

    let output: AsyncStream<ExecOutput>
    private let continuation: AsyncStream<ExecOutput>.Continuation
    private let ended: AsyncStream<Int32>
    private let end: AsyncStream<Int32>.Continuation
    private let state = Mutex(Record())
    private let echoes: Bool

    var record: Record { state.withLock { $0 } }

    init(echoes: Bool = true) {
        self.echoes = echoes
        (output, continuation) = AsyncStream.makeStream()
        (ended, end) = AsyncStream.makeStream()
    }

    func say(_ output: ExecOutput) { continuation.yield(output) }

    func exit(_ code: Int32) {
        end.yield(code)
        end.finish()
        continuation.finish()
    }

    func write(_ bytes: [UInt8]) async {
        state.withLock { $0.written += bytes }
        if echoes { say(.stdout(bytes)) }
    }

    func closeInput() async {
        state.withLock { $0.inputClosed = true }
        if echoes { exit(0) }
    }

    func resize(columns: Int, rows: Int) async { state.withLock { $0.sizes.append([columns, rows]) } }

    func wait() async -> Int32 {
        // Not tied to the caller's task, like a real process: only an end ends it.
        await Task.detached { [ended] in await ended.first { _ in true } ?? 137 }.value
    }

    func kill() async {
        state.withLock { $0.killed = true }
        exit(137)
    }
}
