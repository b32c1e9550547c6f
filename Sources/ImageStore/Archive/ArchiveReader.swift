import Glibc

/// A kept archive, piece by piece in the archive's order.
final class ArchiveReader: BlockSource {
    private let directory: String
    private let list: ArchiveList
    private let file: Descriptor
    private var position = 0
    /// What `next` gave out must stay where it is until the next call: an array's storage alone is not promised to.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: ArchiveList.pieceBytes, alignment: 16)

    init(_ directory: String, _ list: ArchiveList) throws(ImageError) {
        self.directory = directory
        self.list = list
        let raw = open(directory + "/data", O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { throw .system(operation: "open", path: directory + "/data", errno: errno) }
        file = Descriptor(owning: raw)
    }

    deinit { buffer.deallocate() }

    /// A piece as it is stored: one zstd frame.
    func compressed(_ index: Int) throws(ImageError) -> [UInt8] {
        let piece = list.pieces[index]
        var bytes = [UInt8](repeating: 0, count: Int(piece.length))
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                pread(file.raw, $0.baseAddress! + done, $0.count - done, Int(piece.offset) + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(operation: "read", path: directory + "/data", errno: errno) }
            guard count > 0 else { throw .damagedStore(path: directory + "/data", reason: "it is too short") }
            done += count
        }
        return bytes
    }

    func next() throws(ImageError) -> UnsafeRawBufferPointer {
        guard position < list.pieces.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let bytes = try PieceCodec.expand(try compressed(position), limit: ArchiveList.pieceBytes)
        position += 1
        buffer.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(rebasing: buffer[..<bytes.count])
    }
}
