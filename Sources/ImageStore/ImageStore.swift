import CLinux
import Crypto
import Glibc
public import Logging

/// Images on disk: tarballs in, overlay lower directories out. See docs/image-store.md.
///
/// All methods may be called from any thread and any process at once. They block: extraction for seconds, the rest for
/// one fsync at most. Nothing is kept in memory, so another process's import is seen at once.
public final class ImageStore: Sendable {
    let paths: StorePaths
    let logger: Logger
    let extractor: LayerExtractor
    private let now: @Sendable () -> Int64

    /// `dataDirectory` is DATA-DIR; the store makes `image-store` and `images` in it and removes what a crash left.
    /// - Throws: `ImageError.system` when a directory cannot be made, `.damagedStore` for an unreadable index.
    public convenience init(dataDirectory: String, logger: Logger) throws(ImageError) {
        try self.init(dataDirectory: dataDirectory, logger: logger, extractor: LayerExtractor()) {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
        }
    }

    /// `now` gives microseconds since the epoch.
    init(
        dataDirectory: String, logger: Logger, extractor: LayerExtractor, now: @escaping @Sendable () -> Int64
    ) throws(ImageError) {
        paths = StorePaths(dataDirectory: dataDirectory)
        self.logger = logger
        self.extractor = extractor
        self.now = now
        // 0700 on the store itself: a setuid program of an image is nobody's to run on the host.
        try FileTree.makeDirectories(dataDirectory)
        for directory in [paths.root, paths.layers, paths.temporary, paths.references, paths.dropped] {
            try FileTree.makeDirectory(directory)
        }
        try sweep()
    }

    /// The directory that `Image.layers` are in.
    public var layersRoot: String { paths.layers }

    /// Something in this directory changes with every import and removal: what a node watches (inotify).
    public var indexDirectory: String { paths.root }

    /// `nginx` becomes `nginx:latest`, `docker.io/library/nginx:1` becomes `nginx:1`.
    /// - Throws: `ImageError.invalidName`.
    public static func normalise(_ name: String) throws(ImageError) -> String { try ImageName(name).description }

    /// Every image, sorted by name, then id.
    public func list() throws(ImageError) -> [Image] {
        let index = try ImageIndex.load(paths.index)
        return index.images.keys.compactMap { index.image($0) }.sorted {
            ($0.names.first ?? "~", $0.id) < ($1.names.first ?? "~", $1.id)
        }
    }

    /// The image of that name (`nginx`, `nginx:1.16`, `nginx@sha256:...`) or id (`sha256:...`); nil when there is none.
    /// - Throws: `ImageError.invalidName`.
    public func find(_ name: String) throws(ImageError) -> Image? {
        let index = try ImageIndex.load(paths.index)
        return try resolve(name, in: index).flatMap { index.image($0) }
    }

    func resolve(_ name: String, in index: ImageIndex) throws(ImageError) -> String? {
        if name.hasPrefix("sha256:") { return index.images[name] == nil ? nil : name }
        if let at = name.firstIndex(of: "@") {
            // With a digest the name before it says nothing more: content is content.
            _ = try ImageName(String(name[..<at]))
            let id = String(name[name.index(after: at)...])
            return index.images[id] == nil ? nil : id
        }
        return index.names[try ImageName(name).description]
    }

    /// Makes an image of a rootfs tarball (tar, gzip, xz, zstd) and gives it the name. All or nothing: on an error, or
    /// a crash at any point, the store is as it was.
    ///
    /// Pods that run the image which had the name before go on with it; it goes when the last of them does.
    /// - Throws: `ImageError`, naming the file and the entry.
    public func importTarball(
        _ name: String, from path: String, config: ImageConfig = ImageConfig()
    ) throws(ImageError) -> Image {
        let name = try ImageName(name)
        try config.validate()
        let file = try openArchive(path)
        let workspace = try newWorkspace()
        // What cannot be removed now, the next start sweeps; it must not hide the import's own result.
        defer { do { try workspace.remove() } catch { logger.warning("\(error)") } }
        return try commit(try extract(file, path: path, workspace: workspace), name, config, workspace)
    }

    private func extract(
        _ file: borrowing Descriptor, path: String, workspace: borrowing Workspace
    ) throws(ImageError) -> ExtractedLayer {
        let directory = workspace.path + "/rootfs"
        try FileTree.makeDirectory(directory, mode: 0o755)
        let root = try Descriptor(directory: directory)
        let layer = try extractor.extract(file, path: path, into: root)
        // One syncfs(2) for thousands of files instead of an fsync(2) each, before any name points to them. It also
        // reports what write-back could not write (Linux 5.8).
        guard clinux_syncfs(root.raw) == 0 else {
            throw errno == ENOSPC
                ? .noSpace(path: path, detail: "the disk filled up")
                : .system(operation: "write to disk", path: directory, errno: errno)
        }
        for warning in layer.warnings { logger.warning("\(path): \(warning)") }
        return layer
    }

    private func commit(
        _ layer: ExtractedLayer, _ name: ImageName, _ config: ImageConfig, _ workspace: borrowing Workspace
    ) throws(ImageError) -> Image {
        let identity = try ImageIndex.canonical(Identity(config: config, layers: [layer.digest]))
        let id = "sha256:" + SHA256.hash(data: identity).hex
        return try StoreLock.hold(paths.lock) { () throws(ImageError) in
            var index = try ImageIndex.load(paths.index)
            let directory = index.layerName(digest: layer.digest)
            let isNew = try place(workspace, at: directory, known: index.layers[directory] != nil)
            index.layers[directory] = .init(digest: layer.digest, size: layer.size)
            if index.images[id] == nil {
                index.images[id] = .init(config: config, layers: [directory], size: layer.size, created: now())
            }
            index.names[name.description] = id
            do throws(ImageError) {
                try saveAndCollect(&index)
            } catch {
                // Back into the workspace, which the caller removes: a full disk shall get its space back now.
                if isNew { rename(paths.layers + "/" + directory, workspace.path + "/rootfs") }
                throw error
            }
            guard let image = index.image(id) else { throw .notFound(name: name.description) }
            return image
        }
    }

    /// Renames the extracted tree to its place; false when the layer is there already: content-addressed, it is the
    /// same, may be in use, and is never touched.
    private func place(
        _ workspace: borrowing Workspace, at directory: String, known: Bool
    ) throws(ImageError) -> Bool {
        let target = paths.layers + "/" + directory
        let exists = access(target, F_OK) == 0
        if exists && known { return false }
        // A directory that the index does not know is what a crash left; it may be anything.
        if exists, rename(target, workspace.path + "/unknown") != 0 {
            throw .system(operation: "move away", path: target, errno: errno)
        }
        guard rename(workspace.path + "/rootfs", target) == 0 else {
            throw .system(operation: "rename the new layer to", path: target, errno: errno)
        }
        try FileTree.synchronize(directory: paths.layers)
        return true
    }

    /// What the image id is a digest of.
    private struct Identity: Encodable {
        var config: ImageConfig
        var layers: [String]
    }

    private func openArchive(_ path: String) throws(ImageError) -> Descriptor {
        // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
        let raw = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard raw >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
        let file = Descriptor(owning: raw)
        var status = stat()
        guard fstat(file.raw, &status) == 0 else { throw .system(operation: "read", path: path, errno: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFIFO:  // `swiftlet image import NAME <(...)`
            guard fcntl(file.raw, F_SETFL, 0) == 0 else { throw .system(operation: "read", path: path, errno: errno) }
        default: throw .invalidArchive(path: path, reason: "is not a file")
        }
        return file
    }
}
