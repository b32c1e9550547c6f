import Linux

/// A client over TCP: any number of questions, each with its length before it, answered in the order in which the answers are
/// found (RFC 7766).
struct StreamConnection {
    let socket: InternetSocket
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var sent = 0
    /// Questions whose answers others have been asked for.
    var waiting = 0
    /// Milliseconds.
    var lastActive: Int64
    /// The client will ask no more; it may still want its answers.
    private(set) var isEnded = false

    /// Bytes of answers that a client may leave unread before no more questions of its are read.
    private static let longestOutput = 256 * 1024
    private static let mostWaiting = 64

    init(_ socket: InternetSocket, now: Int64) {
        self.socket = socket
        lastActive = now
    }

    /// What is to be waited for.
    var events: EventPoll.Events {
        var events: EventPoll.Events = []
        if !isEnded, output.count - sent < Self.longestOutput, waiting < Self.mostWaiting { events.insert(.readable) }
        if sent < output.count { events.insert(.writable) }
        return events
    }

    /// Nothing more will happen here.
    var isDone: Bool { isEnded && waiting == 0 && sent == output.count }

    /// Takes in what has come.
    ///
    /// - Returns: the questions that are complete now.
    mutating func receive(_ buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> [[UInt8]] {
        guard events.contains(.readable), let count = try socket.receive(buffer) else { return [] }
        if count == 0 {
            isEnded = true
            return []
        }
        input += buffer[..<count]
        var messages: [[UInt8]] = []
        var at = 0
        while input.count - at >= 2 {
            let length = Int(input[at]) << 8 | Int(input[at + 1])
            guard input.count - at >= 2 + length else { break }
            messages.append(Array(input[at + 2..<at + 2 + length]))
            at += 2 + length
        }
        input.removeFirst(at)
        return messages
    }

    mutating func answer(_ message: [UInt8]) {
        output += [UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message
    }

    mutating func flush() throws(SystemError) {
        while sent < output.count {
            let count = try socket.send(output[sent...])
            if count == 0 { return }
            sent += count
        }
        output.removeAll(keepingCapacity: output.count < 65536)
        sent = 0
    }
}
