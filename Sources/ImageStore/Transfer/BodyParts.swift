import Synchronization

/// The body of an answer, part by part.
public final class BodyParts: Sendable {
    private let body: ImageExchange.Body
    private let position = Mutex(0)

    public init(_ body: ImageExchange.Body) { self.body = body }

    /// Blocks for the read. Nil at the end.
    public func next(_ limit: Int) throws(ImageError) -> [UInt8]? {
        try position.withLock { (position) throws(ImageError) in
            let part: [UInt8]
            switch body {
            case .bytes(let bytes): part = Array(bytes.dropFirst(position).prefix(limit))
            case .piece(let piece): part = try piece.bytes(at: position, count: limit)
            }
            position += part.count
            return part.isEmpty ? nil : part
        }
    }

    /// All that is left.
    public func rest() throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = try next(1 << 20) { bytes += part }
        return bytes
    }
}
