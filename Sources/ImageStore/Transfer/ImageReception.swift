import Crypto
import Glibc
import Logging
import Synchronization

/// An image on its way here from other nodes. It is in no index until `finish` returns; letting go of it, or a crash,
/// leaves nothing.
///
/// All methods block: for a write of 4 MiB at most, `finish` for as long as the extraction takes.
public final class ImageReception: Sendable {
    public let description: ImageDescription
    private let store: ImageStore
    /// The lock is held while a piece is written or the image is made: one after the other is what the disk wants too.
    private let state: Mutex<State>

    private struct State: ~Copyable {
        let workspace: Workspace
        var writers: [ArchiveWriter]
        /// By layer, then by piece; nil until it has come.
        var pieces: [[ArchiveList.Piece?]]

        func remove() throws(ImageError) { try workspace.remove() }
    }

    init(_ store: ImageStore, _ description: ImageDescription) throws(ImageError) {
        self.store = store
        self.description = description
        try Self.checkSpace(store, description)
        let workspace = try store.newWorkspace()
        var writers: [ArchiveWriter] = []
        do throws(ImageError) {
            for number in description.layers.indices { writers.append(try ArchiveWriter(workspace.archive(number))) }
        } catch {
            // The error that stopped it is the one to tell; the next start sweeps what cannot be removed now.
            do { try workspace.remove() } catch { store.logger.warning("\(error)") }
            throw error
        }
        state = Mutex(
            State(
                workspace: workspace, writers: writers,
                pieces: description.layers.map { Array(repeating: nil, count: $0.pieces.count) }))
    }

    deinit {
        state.withLock { state in
            do { try state.remove() } catch { store.logger.warning("\(error)") }
        }
    }

    /// The content must fit; its compressed archive is about a third of it and is not known before it has come. That the
    /// disk is full is met again, and told, by each write.
    private static func checkSpace(_ store: ImageStore, _ description: ImageDescription) throws(ImageError) {
        let directory = try Descriptor(directory: store.paths.temporary)
        let free = store.extractor.freeSpace(directory.raw).bytes - store.extractor.limits.reservedSpace
        let needed = description.size.addingReportingOverflow(description.size / 3).partialValue
        guard needed >= 0, needed <= free else {
            throw .noSpace(
                path: store.paths.root,
                detail: "image \(description.id) needs about \(needed) bytes and \(max(free, 0)) can be used")
        }
    }

    /// Verifies a piece and writes it. A piece that is here already changes nothing.
    /// - Throws: `ImageError.damagedPiece` for one that is not what it should be, which nothing keeps.
    public func put(_ piece: ImageDescription.Piece, _ bytes: [UInt8]) throws(ImageError) {
        // Outside of the lock: verifying is what costs.
        let layer = description.layers[piece.layer]
        let isLast = piece.index == layer.pieces.count - 1
        let size = isLast ? Int(layer.size) - piece.index * ArchiveList.pieceBytes : ArchiveList.pieceBytes
        let expanded = try PieceCodec.expand(bytes, limit: size)
        guard expanded.count == size, SHA256.hash(data: expanded).hex == piece.digest else {
            throw .damagedPiece(reason: "its digest is not \(piece.digest)")
        }
        try state.withLock { (state) throws(ImageError) in
            guard state.pieces[piece.layer][piece.index] == nil else { return }
            state.pieces[piece.layer][piece.index] = try state.writers[piece.layer].add(bytes, digest: piece.digest)
        }
    }

    /// Makes the image of what has come: extracted, verified as a whole, then known under the names. All or nothing.
    /// - Parameter names: with the times at which they were given to it; see `ImageStore.give`.
    /// - Throws: `ImageError.falseImage` when the whole is not what the image's id says.
    public func finish(_ names: [String: Int64]) throws(ImageError) -> Image {
        var keys: [String: Int64] = [:]
        for (name, time) in names { keys[try ImageStore.key(name)] = time }
        return try state.withLock { (state) throws(ImageError) in
            var layers: [NewLayer] = []
            for (number, layer) in description.layers.enumerated() {
                let list = ArchiveList(size: layer.size, pieces: state.pieces[number].compactMap { $0 })
                guard list.pieces.count == layer.pieces.count else {
                    throw .falseImage(id: description.id, reason: "pieces are missing")
                }
                let writer = state.writers[number]
                let reader = ArchiveReader(state.workspace.archive(number), list)
                let new = try store.extract(
                    TarStream(reader), path: description.id, number: number, workspace: state.workspace
                ) { () throws(ImageError) in try writer.finish(list).stored }
                guard new.digest == layer.digest else {
                    throw .falseImage(id: description.id, reason: "layer \(layer.digest) came as \(new.digest)")
                }
                layers.append(new)
            }
            return try store.commit(
                layers, keys, description.config, state.workspace, overriding: false)
        }
    }
}
