/// A further process in a running container. Environment, working directory, user, and confinement are the container's.
public struct ExecConfig: Sendable, Equatable {
    public var command: [String]
    public var tty: Bool
    public var stdin: Bool
    /// The terminal's first size; nil: the kernel's default.
    public var size: TerminalSize?

    public struct TerminalSize: Sendable, Equatable {
        public var rows: UInt32
        public var columns: UInt32
        public init(rows: UInt32, columns: UInt32) {
            self.rows = rows
            self.columns = columns
        }
    }

    public init(command: [String], tty: Bool = false, stdin: Bool = false, size: TerminalSize? = nil) {
        self.command = command
        self.tty = tty
        self.stdin = stdin
        self.size = size
    }
}
