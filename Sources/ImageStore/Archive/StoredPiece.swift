import Glibc
import Synchronization

/// A piece as it is stored: one zstd frame. It stays readable when its layer is removed meanwhile (unlink(2)).
public final class StoredPiece: Sendable {
    private let path: String
    private let file: Descriptor
    private let offset: Int64
    let length: Int

    init(_ directory: String, _ piece: ArchiveList.Piece) throws(ImageError) {
        path = directory + "/data"
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
        file = Descriptor(owning: raw)
        offset = piece.offset
        length = Int(piece.length)
    }

    func bytes() throws(ImageError) -> [UInt8] { try bytes(at: 0, count: length) }

    func bytes(at start: Int, count wanted: Int) throws(ImageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: min(wanted, length - start))
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                pread(file.raw, $0.baseAddress! + done, $0.count - done, Int(offset) + start + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(operation: "read", path: path, errno: errno) }
            guard count > 0 else { throw .damagedStore(path: path, reason: "it is too short") }
            done += count
        }
        return bytes
    }
}

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
