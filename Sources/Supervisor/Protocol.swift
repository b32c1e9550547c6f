/// The language between the daemon and a pod's supervisor. It only grows: a message gets new fields at its end, a new
/// message a new number, and numbers are never used again. The daemon may be newer than the supervisor, never much
/// older: it asks in `hello` which version it talks to.
enum SupervisorProtocol {
    static let version: UInt32 = 1
}

enum RequestType {
    /// Asks for the state of everything. May carry the wish for the network's descriptors.
    static let hello: UInt16 = 1
    static let start: UInt16 = 2
    static let signal: UInt16 = 3
    /// The exit has been recorded: the supervisor may forget the container.
    static let forget: UInt16 = 4
    static let exec: UInt16 = 5
    static let signalExec: UInt16 = 6
    /// Kills what is left, drains its output, and ends the supervisor.
    static let end: UInt16 = 7
}

enum ReplyType {
    static let welcome: UInt16 = 0x81
    static let started: UInt16 = 0x82
    static let done: UInt16 = 0x83
    static let failed: UInt16 = 0x84
    static let execStarted: UInt16 = 0x85
    /// Events.
    static let exited: UInt16 = 0x86
    static let execExited: UInt16 = 0x87
}

/// `hello`. Descriptors of the answer when `wantsNetwork`: a netlink socket inside, the network namespace.
struct HelloRequest {
    var version: UInt32
    var wantsNetwork: Bool

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u32(version)
        writer.u32(wantsNetwork ? 1 : 0)
        return writer.bytes
    }

    static func decode(_ body: [UInt8]) throws(WireError) -> HelloRequest {
        var reader = ByteReader(body)
        return HelloRequest(version: try reader.u32(), wantsNetwork: try reader.u32() & 1 != 0)
    }
}

/// `start`. Descriptors: the container's cgroup, the directory of its logs.
struct StartRequest {
    var id: [UInt8]
    var name: [UInt8]
    var attempt: UInt32
    var tty: Bool
    /// Standard input stays open instead of being /dev/null.
    var stdin: Bool
    var stopSignal: Int32
    /// Bytes of a log file before it is rotated; 0: never.
    var logLimit: Int64
    var logFiles: UInt32
    var program: [UInt8]

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.string(id)
        writer.string(name)
        writer.u32(attempt)
        writer.u32((tty ? 1 : 0) | (stdin ? 2 : 0))
        writer.i32(stopSignal)
        writer.i64(logLimit)
        writer.u32(logFiles)
        writer.string(program)
        return writer.bytes
    }

    static func decode(_ body: [UInt8]) throws(WireError) -> StartRequest {
        var reader = ByteReader(body)
        let id = try reader.string()
        let name = try reader.string()
        let attempt = try reader.u32()
        let flags = try reader.u32()
        return StartRequest(
            id: id, name: name, attempt: attempt, tty: flags & 1 != 0, stdin: flags & 2 != 0,
            stopSignal: try reader.i32(), logLimit: try reader.i64(), logFiles: try reader.u32(),
            program: try reader.string())
    }
}

/// `signal` and `forget` (signal 0).
struct ContainerRequest {
    var id: [UInt8]
    var signal: Int32

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.string(id)
        writer.i32(signal)
        return writer.bytes
    }

    static func decode(_ body: [UInt8]) throws(WireError) -> ContainerRequest {
        var reader = ByteReader(body)
        return ContainerRequest(id: try reader.string(), signal: try reader.i32())
    }
}

/// `exec`.
struct ExecRequest {
    var container: [UInt8]
    var tty: Bool
    var stdin: Bool
    var program: [UInt8]

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.string(container)
        writer.u32((tty ? 1 : 0) | (stdin ? 2 : 0))
        writer.string(program)
        return writer.bytes
    }

    static func decode(_ body: [UInt8]) throws(WireError) -> ExecRequest {
        var reader = ByteReader(body)
        let container = try reader.string()
        let flags = try reader.u32()
        return ExecRequest(
            container: container, tty: flags & 1 != 0, stdin: flags & 2 != 0, program: try reader.string())
    }
}

/// `signalExec`, and the answer and event about an exec'd process (`value`: process id or exit code).
struct ExecMessage {
    var exec: UInt32
    var value: Int32
    /// The signal that ended it, or 0.
    var signal: Int32 = 0

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u32(exec)
        writer.i32(value)
        writer.i32(signal)
        return writer.bytes
    }

    static func decode(_ body: [UInt8]) throws(WireError) -> ExecMessage {
        var reader = ByteReader(body)
        return ExecMessage(exec: try reader.u32(), value: try reader.i32(), signal: try reader.i32())
    }
}

/// `failed`: why a request was not carried out.
struct FailureReply {
    enum Stage {
        /// The supervisor itself: `operation` is a step of its own, or 0.
        static let supervisor: UInt32 = 0
        /// The container program: `operation` is the index of the operation.
        static let program: UInt32 = 1
        /// The log file could not be opened.
        static let log: UInt32 = 2
    }
    var stage: UInt32
    var operation: UInt32
    /// errno.
    var error: Int32
    /// enum container_report_detail.
    var detail: UInt32

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u32(stage)
        writer.u32(operation)
        writer.i32(error)
        writer.u32(detail)
        return writer.bytes
    }

    static func decode(_ body: [UInt8]) throws(WireError) -> FailureReply {
        var reader = ByteReader(body)
        return FailureReply(
            stage: try reader.u32(), operation: try reader.u32(), error: try reader.i32(), detail: try reader.u32())
    }
}
