import NIOCore

/// Cuts bytes into frames, however they arrive. Holds at most one control frame; data frames pass through in pieces.
struct SPDYFrameDecoder {
    /// A control frame of more bytes ends the connection: exec needs a few hundred.
    static let controlFrameLimit = 16 * 1024

    private var buffer = ByteBuffer()
    /// The data frame whose payload is still arriving.
    private var open: (stream: UInt32, fin: Bool, remaining: Int)?

    mutating func append(_ bytes: ByteBuffer) {
        var bytes = bytes
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.discardReadBytes()
            buffer.writeBuffer(&bytes)
        }
    }

    /// The next frame, or nil until more bytes are there.
    mutating func next() throws(SPDYError) -> SPDYFrame? {
        if let open { return continueData(open) }
        guard let first: UInt32 = buffer.getInteger(at: buffer.readerIndex),
            let second: UInt32 = buffer.getInteger(at: buffer.readerIndex + 4)
        else { return nil }
        let flags = UInt8(second >> 24)
        let length = Int(second & 0x00ff_ffff)
        if first & 0x8000_0000 == 0 {
            buffer.moveReaderIndex(forwardBy: SPDYFrame.headerLength)
            let frame = (stream: first, fin: flags & SPDYFrame.finFlag != 0, remaining: length)
            if length == 0 { return .data(stream: first, fin: frame.fin, bytes: []) }
            open = frame
            return continueData(frame)
        }
        let version = UInt16(first >> 16) & 0x7fff
        guard version == SPDYFrame.version else { throw .unsupportedVersion(version) }
        // The limit comes before the wait for the payload: a length alone must not make the buffer grow.
        guard length <= Self.controlFrameLimit else {
            throw .frameTooLarge(length: length, limit: Self.controlFrameLimit)
        }
        guard buffer.readableBytes >= SPDYFrame.headerLength + length else { return nil }
        buffer.moveReaderIndex(forwardBy: SPDYFrame.headerLength)
        guard let payload = buffer.readBytes(length: length) else { return nil }
        return try Self.control(type: UInt16(truncatingIfNeeded: first), flags: flags, payload)
    }

    private mutating func continueData(_ frame: (stream: UInt32, fin: Bool, remaining: Int)) -> SPDYFrame? {
        let count = min(frame.remaining, buffer.readableBytes)
        guard count > 0, let bytes = buffer.readBytes(length: count) else { return nil }
        let remaining = frame.remaining - count
        open = remaining > 0 ? (frame.stream, frame.fin, remaining) : nil
        return .data(stream: frame.stream, fin: remaining == 0 && frame.fin, bytes: bytes)
    }

    private static func control(type: UInt16, flags: UInt8, _ payload: [UInt8]) throws(SPDYError) -> SPDYFrame {
        func require(_ count: Int) throws(SPDYError) {
            guard payload.count >= count else { throw .frameTooShort(type: type, length: payload.count) }
        }
        func word(_ at: Int) -> UInt32 {
            UInt32(payload[at]) << 24 | UInt32(payload[at + 1]) << 16 | UInt32(payload[at + 2]) << 8
                | UInt32(payload[at + 3])
        }
        func stream(_ at: Int) -> UInt32 { word(at) & SPDYFrame.maximumStream }
        let fin = flags & SPDYFrame.finFlag != 0
        switch SPDYFrame.ControlType(rawValue: type) {
        case .synStream:
            try require(10)
            return .synStream(
                SPDYFrame.SynStream(
                    stream: stream(0), associatedStream: stream(4), priority: payload[8] >> 5, fin: fin,
                    unidirectional: flags & SPDYFrame.unidirectionalFlag != 0, headerBlock: Array(payload[10...])))
        case .synReply:
            try require(4)
            return .synReply(stream: stream(0), fin: fin, headerBlock: Array(payload[4...]))
        case .reset:
            try require(8)
            return .reset(stream: stream(0), status: SPDYResetStatus(rawValue: word(4)) ?? .protocolError)
        case .settings:
            return .settings
        case .ping:
            try require(4)
            return .ping(id: word(0))
        case .goAway:
            try require(8)
            return .goAway(lastStream: stream(0), status: word(4))
        case .headers:
            try require(4)
            return .headers(stream: stream(0), fin: fin, headerBlock: Array(payload[4...]))
        case .windowUpdate:
            try require(8)
            return .windowUpdate(stream: stream(0), delta: stream(4))
        case nil:
            return .unknown(type: type)
        }
    }
}
