import Crypto
import Glibc

/// Keeps an archive in pieces while it is read. What it made counts once `finish` has returned.
final class ArchiveWriter {
    private let directory: String
    private let file: Descriptor
    private var pending: [UInt8] = []
    private var list = ArchiveList()
    private var end: Int64 = 0

    /// Makes the directory.
    init(_ directory: String) throws(ImageError) {
        self.directory = directory
        try FileTree.makeDirectory(directory)
        let raw = open(directory + "/data", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard raw >= 0 else { throw .system(operation: "create", path: directory + "/data", errno: errno) }
        file = Descriptor(owning: raw)
    }

    /// The next bytes of the archive, uncompressed.
    func append(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if pending.capacity < ArchiveList.pieceBytes { pending.reserveCapacity(ArchiveList.pieceBytes) }
            let part = rest.prefix(ArchiveList.pieceBytes - pending.count)
            pending.append(contentsOf: UnsafeRawBufferPointer(rebasing: part))
            rest = rest.dropFirst(part.count)
            if pending.count == ArchiveList.pieceBytes { try flush() }
        }
    }

    private func flush() throws(ImageError) {
        guard !pending.isEmpty else { return }
        let digest = SHA256.hash(data: pending).hex
        let compressed = try PieceCodec.compress(pending)
        let piece = try add(compressed, digest: digest)
        list.pieces.append(piece)
        list.size += Int64(pending.count)
        pending.removeAll(keepingCapacity: true)
    }

    /// A piece that is compressed already, wherever in the archive it belongs: the file's order means nothing.
    func add(_ compressed: [UInt8], digest: String) throws(ImageError) -> ArchiveList.Piece {
        let path = directory + "/data"
        var written = 0
        while written < compressed.count {
            let count = compressed.withUnsafeBytes {
                pwrite(file.raw, $0.baseAddress! + written, $0.count - written, Int(end) + written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw errno == ENOSPC || errno == EDQUOT
                    ? .noSpace(path: path, detail: "the disk is full")
                    : .system(operation: "write", path: path, errno: errno)
            }
            written += count
        }
        defer { end += Int64(compressed.count) }
        return ArchiveList.Piece(digest: digest, offset: end, length: Int64(compressed.count))
    }

    /// Writes the list. The data reach the disk with the layer (`syncfs`), before any name points to either.
    /// - Parameter list: nil for what was appended.
    @discardableResult
    func finish(_ list: ArchiveList? = nil) throws(ImageError) -> ArchiveList {
        try flush()
        let list = list ?? self.list
        try list.save(directory)
        return list
    }
}
