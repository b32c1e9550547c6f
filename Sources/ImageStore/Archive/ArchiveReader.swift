import Glibc

/// A kept archive, piece by piece in the archive's order.
final class ArchiveReader: BlockSource {
    private let directory: String
    private let list: ArchiveList
    private var position = 0
    /// What `next` gave out must stay where it is until the next call: an array's storage alone is not promised to.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: ArchiveList.pieceBytes, alignment: 16)

    init(_ directory: String, _ list: ArchiveList) {
        self.directory = directory
        self.list = list
    }

    deinit { buffer.deallocate() }

    func next() throws(ImageError) -> UnsafeRawBufferPointer {
        guard position < list.pieces.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let bytes = try PieceCodec.expand(
            try StoredPiece(directory, list.pieces[position]).bytes(), limit: ArchiveList.pieceBytes)
        position += 1
        buffer.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(rebasing: buffer[..<bytes.count])
    }
}
