import NIOCore

extension SPDYFrame {
    /// The longest payload that a data frame's 24 bits of length can announce.
    static let maximumPayload = 0x00ff_ffff

    /// Writes the frame. Data longer than `maximumPayload` must have been cut before.
    func write(into buffer: inout ByteBuffer) {
        switch self {
        case .synStream(let frame):
            let flags = (frame.fin ? Self.finFlag : 0) | (frame.unidirectional ? Self.unidirectionalFlag : 0)
            Self.header(.synStream, flags: flags, length: 10 + frame.headerBlock.count, into: &buffer)
            buffer.writeInteger(frame.stream)
            buffer.writeInteger(frame.associatedStream)
            buffer.writeInteger(frame.priority << 5)
            buffer.writeInteger(UInt8(0))
            buffer.writeBytes(frame.headerBlock)
        case .synReply(let stream, let fin, let headerBlock):
            Self.header(.synReply, flags: fin ? Self.finFlag : 0, length: 4 + headerBlock.count, into: &buffer)
            buffer.writeInteger(stream)
            buffer.writeBytes(headerBlock)
        case .reset(let stream, let status):
            Self.header(.reset, length: 8, into: &buffer)
            buffer.writeInteger(stream)
            buffer.writeInteger(status.rawValue)
        case .settings:
            Self.header(.settings, length: 4, into: &buffer)
            buffer.writeInteger(UInt32(0))
        case .ping(let id):
            Self.header(.ping, length: 4, into: &buffer)
            buffer.writeInteger(id)
        case .goAway(let lastStream, let status):
            Self.header(.goAway, length: 8, into: &buffer)
            buffer.writeInteger(lastStream)
            buffer.writeInteger(status)
        case .headers(let stream, let fin, let headerBlock):
            Self.header(.headers, flags: fin ? Self.finFlag : 0, length: 4 + headerBlock.count, into: &buffer)
            buffer.writeInteger(stream)
            buffer.writeBytes(headerBlock)
        case .windowUpdate(let stream, let delta):
            Self.header(.windowUpdate, length: 8, into: &buffer)
            buffer.writeInteger(stream)
            buffer.writeInteger(delta)
        case .data(let stream, let fin, let bytes):
            precondition(bytes.count <= Self.maximumPayload, "spdy: a data frame of \(bytes.count) bytes")
            buffer.writeInteger(stream & Self.maximumStream)
            buffer.writeInteger(UInt32(fin ? Self.finFlag : 0) << 24 | UInt32(bytes.count))
            buffer.writeBytes(bytes)
        case .unknown(let type):
            preconditionFailure("spdy: nothing writes a control frame of unknown type \(type)")
        }
    }

    private static func header(_ type: ControlType, flags: UInt8 = 0, length: Int, into buffer: inout ByteBuffer) {
        buffer.writeInteger(0x8000 | version)
        buffer.writeInteger(type.rawValue)
        buffer.writeInteger(UInt32(flags) << 24 | UInt32(length))
    }
}
