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
