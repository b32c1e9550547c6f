import Linux

/// A client over TCP: any number of questions, each with its length before it, answered in the order in which the answers are
/// found (RFC 7766).
struct StreamConnection {
    let socket: InternetSocket
    private var input: [UInt8] = []
    /// Where in it the next question begins.
    private var head = 0
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

    /// A client that does not read its answers gets no further ones: its questions stay where they are.
    private var mayAsk: Bool { output.count - sent < Self.longestOutput && waiting < Self.mostWaiting }

    private var nextEnd: Int? {
        guard input.count - head >= 2 else { return nil }
        let end = head + 2 + (Int(input[head]) << 8 | Int(input[head + 1]))
        return end <= input.count ? end : nil
    }

    /// Whether `next` has something.
    var hasNext: Bool { mayAsk && nextEnd != nil }

    /// What is to be waited for.
    var events: EventPoll.Events {
        var events: EventPoll.Events = []
        if !isEnded, nextEnd == nil { events.insert(.readable) }
        if sent < output.count { events.insert(.writable) }
        return events
    }

    /// Nothing more will happen here.
    var isDone: Bool { isEnded && nextEnd == nil && waiting == 0 && sent == output.count }

    /// Takes in what has come, as long as no question waits in front of it.
    ///
    /// - Returns: whether something came.
    mutating func receive(_ buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Bool {
        guard events.contains(.readable), let count = try socket.receive(buffer) else { return false }
        input += buffer[..<count]
        isEnded = count == 0
        return count > 0
    }

    /// The next question that is there as a whole.
    mutating func next() -> [UInt8]? {
        guard mayAsk, let end = nextEnd else { return nil }
        defer {
            head = end
            if head == input.count || head >= 16384 {
                input.removeFirst(head)
                head = 0
            }
        }
        return Array(input[head + 2..<end])
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
