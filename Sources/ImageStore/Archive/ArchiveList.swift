import FoundationEssentials

/// What a kept archive consists of: `archives/LAYER/pieces.json` beside `archives/LAYER/data`.
///
/// A piece is `pieceBytes` of the uncompressed archive (the last one what is left), named by the SHA-256 of these bytes:
/// so the list is the same on every node, however each of them got and compressed the archive. Where the compressed
/// pieces lie in the file, and how long they are, is each node's own affair.
struct ArchiveList: Codable, Sendable, Equatable {
    static let pieceBytes = 4 << 20

    struct Piece: Codable, Sendable, Equatable {
        /// Hex SHA-256 of the piece uncompressed.
        var digest: String
        var offset: Int64
        var length: Int64
    }

    /// Bytes of the archive, uncompressed.
    var size: Int64 = 0
    var pieces: [Piece] = []

    /// Bytes of the file.
    var stored: Int64 { pieces.reduce(0) { $0 + $1.length } }

    static func count(size: Int64) -> Int { Int((size + Int64(pieceBytes) - 1) / Int64(pieceBytes)) }

    /// Nil: the layer's archive is not kept (it was imported before archives were).
    static func load(_ directory: String) throws(ImageError) -> ArchiveList? {
        let path = directory + "/pieces.json"
        guard let bytes = try AtomicFile.read(path) else { return nil }
        do { return try JSONDecoder().decode(ArchiveList.self, from: Data(bytes)) } catch {
            throw .damagedStore(path: path, reason: "\(error)")
        }
    }

    func save(_ directory: String) throws(ImageError) {
        try AtomicFile.replace(
            directory + "/pieces.json", with: try CanonicalJSON.bytes(self), directory: directory)
    }
}
