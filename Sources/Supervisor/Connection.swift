import CLinux

/// A daemon at the other end of the socket. Bytes that it does not take at once wait here; one that takes nothing for
/// long is let go: it asks for the state of everything when it comes again.
final class Connection {
    static let longestQueue = 4 << 20

    let number: UInt32
    let fd: Int32
    private var assembler = FrameAssembler()
    private var queue: [Piece] = []
    private var queued = 0
    /// It has said hello, and so takes events.
    var greeted = false

    private struct Piece {
        var bytes: [UInt8]
        var sent: Int
        var descriptors: [Int32]
    }

    enum State {
        case open
        /// Something waits to be sent.
        case full
        case closed
    }

    init(number: UInt32, fd: Int32) {
        self.number = number
        self.fd = fd
        _ = supervisor_set_nonblocking(fd)
    }

    /// Reads what is there. Nil when the connection has ended.
    func receive(_ buffer: inout [UInt8]) -> [Frame]? {
        var frames: [Frame] = []
        var descriptors = [Int32](repeating: -1, count: 16)
        var count: Int32 = 16
        let got = clinux_receive_fds(fd, &buffer, buffer.count, &descriptors, &count, 0)
        if got == -11 { return frames }
        if got <= 0 { return nil }
        assembler.append(buffer[0..<Int(got)], descriptors: [Int32](descriptors[0..<Int(count)]))
        do {
            while let frame = try assembler.next() { frames.append(frame) }
        } catch {
            // Not our language: nothing after it can be understood.
            for frame in frames { closeAll(frame.descriptors) }
            return nil
        }
        return frames
    }

    /// Queues a frame; its descriptors are closed once they are sent.
    func send(_ frame: Frame) {
        let bytes = frame.encoded
        queued += bytes.count
        queue.append(Piece(bytes: bytes, sent: 0, descriptors: frame.descriptors))
    }

    /// Sends what the peer takes.
    func flush() -> State {
        while !queue.isEmpty {
            let sent = queue[0].bytes.withUnsafeBufferPointer { bytes in
                queue[0].descriptors.withUnsafeBufferPointer { descriptors in
                    clinux_send_fds(
                        fd, bytes.baseAddress! + queue[0].sent, bytes.count - queue[0].sent, descriptors.baseAddress,
                        Int32(descriptors.count), 0)
                }
            }
            if sent == -11 { return queued > Connection.longestQueue ? .closed : .full }
            if sent <= 0 { return .closed }
            // They have gone with the first byte.
            closeAll(queue[0].descriptors)
            queue[0].descriptors = []
            queue[0].sent += Int(sent)
            queued -= Int(sent)
            if queue[0].sent == queue[0].bytes.count { queue.removeFirst() }
        }
        return .open
    }

    func close() {
        closeAll(assembler.takeDescriptors())
        for piece in queue { closeAll(piece.descriptors) }
        queue = []
        _ = clinux_close(fd)
    }
}

func closeAll(_ descriptors: [Int32]) {
    for descriptor in descriptors where descriptor >= 0 { _ = clinux_close(descriptor) }
}
