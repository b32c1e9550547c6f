/// The server's side of one SPDY/3.1 connection: which frames are allowed when, and what they mean. No sockets in it.
///
/// Frames go in through `receive`; out come events for the one who serves the streams, and frames that the protocol
/// itself must answer (pings, resets). Header blocks are decompressed here, because a block that is skipped breaks all
/// later ones.
///
/// Flow control: what arrives is acknowledged with WINDOW_UPDATE as it is consumed, and the caller stops reading the
/// socket while too much is unconsumed. What leaves is bounded by the socket's own back-pressure alone: kubectl's SPDY
/// library never sends WINDOW_UPDATE, so a sender that waited for one would stop for good after 64 KiB.
struct SPDYConnection {
    enum Event: Equatable {
        case opened(stream: UInt32, headers: SPDYHeaders)
        case data(stream: UInt32, bytes: [UInt8])
        /// The client will send nothing more on this stream.
        case ended(stream: UInt32)
        /// The client gave the stream up in both directions.
        case reset(stream: UInt32)
        /// The client will open no more streams.
        case goAway
    }

    enum Step: Equatable {
        case event(Event)
        case send(SPDYFrame)
    }

    /// Streams open at once, at most. exec needs five.
    static let streamLimit = 16

    private struct Stream {
        var remoteEnded = false
        var localEnded = false
    }

    private var streams: [UInt32: Stream] = [:]
    private(set) var lastStream: UInt32 = 0
    private var goingAway = false
    private let inflater: SPDYHeaderInflater
    private let deflater: SPDYHeaderDeflater

    init() throws(SPDYError) {
        inflater = try SPDYHeaderInflater()
        deflater = try SPDYHeaderDeflater()
    }

    /// - Throws: what ends the connection; a fault of one stream only resets that stream.
    mutating func receive(_ frame: SPDYFrame) throws(SPDYError) -> [Step] {
        switch frame {
        case .synStream(let frame): return try open(frame)
        case .data(let stream, let fin, let bytes): return data(stream, fin: fin, bytes)
        case .headers(let stream, let fin, let headerBlock):
            _ = try SPDYHeaders(block: inflater.inflate(headerBlock))
            return fin ? data(stream, fin: true, []) : []
        case .reset(let stream, _):
            return streams.removeValue(forKey: stream) == nil ? [] : [.event(.reset(stream: stream))]
        case .ping(let id):
            // An odd number is a client's own ping; an even one would answer ours, and none is sent.
            return id % 2 == 1 ? [.send(.ping(id: id))] : []
        case .goAway:
            goingAway = true
            return [.event(.goAway)]
        case .synReply(_, _, let headerBlock):
            // This side opens no stream, so nothing waits for the reply; its block still moves the decompressor on.
            _ = try inflater.inflate(headerBlock)
            return []
        case .settings, .windowUpdate, .unknown: return []
        }
    }

    private mutating func open(_ frame: SPDYFrame.SynStream) throws(SPDYError) -> [Step] {
        let block = try inflater.inflate(frame.headerBlock)
        guard frame.stream % 2 == 1, frame.stream > lastStream else { throw .invalidStreamNumber(frame.stream) }
        lastStream = frame.stream
        guard !goingAway, streams.count < Self.streamLimit else {
            return [.send(.reset(stream: frame.stream, status: .refusedStream))]
        }
        let headers = try SPDYHeaders(block: block)
        streams[frame.stream] = Stream(remoteEnded: frame.fin, localEnded: frame.unidirectional)
        let opened = Step.event(.opened(stream: frame.stream, headers: headers))
        return frame.fin ? [opened, .event(.ended(stream: frame.stream))] : [opened]
    }

    private mutating func data(_ id: UInt32, fin: Bool, _ bytes: [UInt8]) -> [Step] {
        guard let stream = streams[id] else {
            // Silence for a stream that was closed meanwhile: its last frames may still have been on their way.
            return id <= lastStream && id % 2 == 1 ? [] : [.send(.reset(stream: id, status: .invalidStream))]
        }
        guard !stream.remoteEnded else {
            streams[id] = nil
            return [.send(.reset(stream: id, status: .streamAlreadyClosed)), .event(.reset(stream: id))]
        }
        var steps: [Step] = bytes.isEmpty ? [] : [.event(.data(stream: id, bytes: bytes))]
        if fin {
            steps.append(.event(.ended(stream: id)))
            end(id, \.remoteEnded)
        }
        return steps
    }

    private mutating func end(_ id: UInt32, _ side: WritableKeyPath<Stream, Bool>) {
        guard var stream = streams[id] else { return }
        stream[keyPath: side] = true
        streams[id] = stream.remoteEnded && stream.localEnded ? nil : stream
    }

    /// The frame that accepts a stream.
    mutating func reply(to stream: UInt32, _ headers: SPDYHeaders = SPDYHeaders()) throws(SPDYError) -> SPDYFrame {
        .synReply(stream: stream, fin: false, headerBlock: try deflater.deflate(headers.block))
    }

    /// The frame that carries these bytes out, or nil when the stream no longer takes any.
    mutating func send(_ bytes: [UInt8], fin: Bool = false, on id: UInt32) -> SPDYFrame? {
        guard let stream = streams[id], !stream.localEnded else { return nil }
        if fin { end(id, \.localEnded) }
        return .data(stream: id, fin: fin, bytes: bytes)
    }

    /// The frame that gives a stream up.
    mutating func reset(_ id: UInt32, _ status: SPDYResetStatus) -> SPDYFrame {
        streams[id] = nil
        return .reset(stream: id, status: status)
    }
}
