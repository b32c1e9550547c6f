import CLinux
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
    let now: @Sendable () -> Int64

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
        for directory in [paths.root, paths.layers, paths.archives, paths.temporary, paths.references, paths.dropped] {
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
        let keep = try ArchiveWriter(workspace.archive(0))
        let stream = TarStream(try Decompressor(descriptor: file, path: path), keep: keep)
        let layer = try extract(stream, path: path, number: 0, workspace: workspace) { () throws(ImageError) in
            try keep.finish().stored
        }
        return try commit([layer], ["\(name)": now()], config, workspace, overriding: true)
    }

    /// Unpacks one layer and brings it to the disk. The result counts once `commit` has returned.
    /// - Parameter finish: what is to be done before that for its archive; returns the archive's bytes on disk.
    func extract(
        _ stream: TarStream, path: String, number: Int, workspace: borrowing Workspace,
        finish: () throws(ImageError) -> Int64
    ) throws(ImageError) -> NewLayer {
        let directory = workspace.rootfs(number)
        try FileTree.makeDirectory(directory, mode: 0o755)
        let root = try Descriptor(directory: directory)
        let layer = try extractor.extract(stream, path: path, into: root)
        let stored = try finish()
        // One syncfs(2) for thousands of files instead of an fsync(2) each, before any name points to them. It also
        // reports what write-back could not write (Linux 5.8).
        guard clinux_syncfs(root.raw) == 0 else {
            throw errno == ENOSPC
                ? .noSpace(path: path, detail: "the disk filled up")
                : .system(operation: "write to disk", path: directory, errno: errno)
        }
        for warning in layer.warnings { logger.warning("\(path): \(warning)") }
        return NewLayer(digest: layer.digest, size: layer.size, stored: stored)
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
