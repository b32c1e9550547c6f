import Crypto
import Glibc

/// A layer in a workspace, on disk, with its archive.
struct NewLayer: Sendable {
    var digest: String
    /// Bytes of file content.
    var size: Int64
    /// Bytes of its archive on disk.
    var stored: Int64
}

/// Making what was extracted an image: the last step of an import, and of a fetch from other nodes.
extension ImageStore {
    /// - Parameters:
    ///   - layers: top first; number n is at the workspace's `rootfs(n)` and `archive(n)`.
    ///   - names: with the time at which each was given to the image.
    ///   - overriding: whether the names go to this image even where a later time gave them to another.
    func commit(
        _ layers: [NewLayer], _ names: [String: Int64], _ config: ImageConfig, _ workspace: borrowing Workspace,
        overriding: Bool
    ) throws(ImageError) -> Image {
        let id = try Identity(config: config, layers: layers.map(\.digest)).imageID()
        var placed: [(from: String, to: String)] = []
        return try StoreLock.hold(paths.lock) { () throws(ImageError) in
            do throws(ImageError) {
                var index = try ImageIndex.load(paths.index)
                var directories: [String] = []
                for (number, layer) in layers.enumerated() {
                    let name = index.layerName(digest: layer.digest)
                    let known = index.layers[name]
                    let moves = [
                        (workspace.rootfs(number), paths.layers, known != nil),
                        (workspace.archive(number), paths.archives, known?.archive != nil),
                    ]
                    for (source, root, isKnown) in moves {
                        let isNew = try place(source, in: root, name, known: isKnown, workspace)
                        if isNew { placed.append((source, root + "/" + name)) }
                    }
                    index.layers[name] = .init(
                        digest: layer.digest, size: layer.size, archive: known?.archive ?? layer.stored)
                    directories.append(name)
                }
                if index.images[id] == nil {
                    index.images[id] = .init(
                        config: config, layers: directories, size: layers.reduce(0) { $0 + $1.size },
                        created: now())
                }
                for (name, time) in names
                where overriding || index.names[name] == nil
                    || (index.time(ofName: name), index.names[name] ?? "") < (time, id)
                { index.give(name, to: id, at: time) }
                try saveAndCollect(&index)
                guard let image = index.image(id) else { throw ImageError.notFound(name: id) }
                return image
            } catch {
                // Back into the workspace, which the caller removes: a full disk shall get its space back now.
                for move in placed { rename(move.to, move.from) }
                throw error
            }
        }
    }

    /// Renames what was made to its place; false when it is there already: content-addressed, it is the same, may be in
    /// use, and is never touched.
    private func place(
        _ source: String, in root: String, _ name: String, known: Bool, _ workspace: borrowing Workspace
    ) throws(ImageError) -> Bool {
        let target = root + "/" + name
        let exists = access(target, F_OK) == 0
        if exists && known { return false }
        // What the index does not know is what a crash left; it may be anything.
        if exists, rename(target, source + "-unknown") != 0 {
            throw .system(operation: "move away", path: target, errno: errno)
        }
        guard rename(source, target) == 0 else {
            throw .system(operation: "rename the new layer to", path: target, errno: errno)
        }
        try FileTree.synchronize(directory: root)
        return true
    }
}

/// What the image id is a digest of.
struct Identity: Encodable {
    var config: ImageConfig
    /// Hex SHA-256 of the layers' uncompressed archives, top first.
    var layers: [String]

    /// `sha256:<64 hex digits>`.
    func imageID() throws(ImageError) -> String { "sha256:" + SHA256.hash(data: try CanonicalJSON.bytes(self)).hex }
}
