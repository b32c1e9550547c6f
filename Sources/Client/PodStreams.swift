public import KubernetesAPI

/// What the API server asks of the node that runs a pod: its logs, and processes inside its containers.
///
/// The node agent implements it; the API server reaches it without knowing the node.
public protocol PodStreams: Sendable {
    /// The log of a container as raw bytes, already cut as asked. With `follow` it ends when the container is gone for good.
    /// - Throws: `APIError` (400 while the container waits to start, as Kubernetes words it).
    func logs(_ pod: Pod, _ options: LogOptions) async throws -> AsyncThrowingStream<[UInt8], any Error>

    /// Starts a command in a running container.
    /// - Throws: `APIError` when there is no such container or it is not running.
    func exec(_ pod: Pod, _ options: ExecOptions) async throws -> any ExecProcess
}

public struct LogOptions: Sendable {
    public var container: String
    public var follow = false
    public var previous = false
    public var timestamps = false
    public var tailLines: Int?
    public var sinceSeconds: Int64?
    public var sinceTime: MicroTime?
    public var limitBytes: Int?

    public init(container: String) { self.container = container }
}

public struct ExecOptions: Sendable {
    public var container: String
    public var command: [String]
    public var stdin: Bool
    public var stdout: Bool
    public var stderr: Bool
    public var tty: Bool

    public init(container: String, command: [String], stdin: Bool, stdout: Bool, stderr: Bool, tty: Bool) {
        self.container = container
        self.command = command
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.tty = tty
    }
}

public enum ExecOutput: Sendable {
    case stdout([UInt8])
    case stderr([UInt8])
}

/// A process started by exec. With a terminal, everything it prints comes as `.stdout`.
public protocol ExecProcess: Sendable {
    /// What it prints, until both streams are at their end. To be iterated once; ending the iteration hangs the process up.
    var output: AsyncStream<ExecOutput> { get }
    /// Waits while the process does not read. Writing to a process that closed its input is not an error.
    func write(_ bytes: [UInt8]) async
    func closeInput() async
    func resize(columns: Int, rows: Int) async
    /// The exit code; 128 + signal when a signal ended it.
    func wait() async -> Int32
    /// Ends the process, for a client that went away.
    func kill() async
}
