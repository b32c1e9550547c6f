import CArchive
import Glibc

/// Reads tar entries out of a decompressed stream. libarchive parses; nothing here touches the file system.
final class TarReader {
    private let archive: OpaquePointer
    private let source: TarStream
    private let path: String
    private let limits: ExtractionLimits
    private var entries = 0
    /// Labels of other machines' security modules that were left out, by name.
    private(set) var leftOut: Set<String> = []

    init(_ source: TarStream, path: String, limits: ExtractionLimits) throws(ImageError) {
        guard let archive = archive_read_new() else {
            throw .system(operation: "read", path: path, errno: ENOMEM)
        }
        self.archive = archive
        self.source = source
        self.path = path
        self.limits = limits
        archive_read_support_format_tar(archive)
        // The callback's context is unretained: `self.source` outlives the archive, freed in deinit.
        let context = Unmanaged.passUnretained(source).toOpaque()
        let opened = archive_read_open(
            archive, context, nil,
            { _, context, buffer in
                guard let context, let buffer else { return -1 }
                let source = Unmanaged<TarStream>.fromOpaque(context).takeUnretainedValue()
                // The error stays in `source.failure`; C sees only that there is one.
                guard let block = try? source.next() else { return -1 }
                buffer.pointee = block.baseAddress
                return block.count
            }, nil)
        guard opened == ARCHIVE_OK else { throw failure() }
    }

    deinit { archive_read_free(archive) }

    /// The next entry, nil at the end of the archive. The content of a regular file is then read with `nextBlock`.
    func next() throws(ImageError) -> TarEntry? {
        var header: OpaquePointer?
        switch archive_read_next_header(archive, &header) {
        case ARCHIVE_OK: break
        case ARCHIVE_EOF:
            try checkEnd()
            return nil
        default: throw failure()
        }
        guard let header else { throw failure() }
        entries += 1
        guard entries <= limits.entries else {
            throw .invalidArchive(path: path, reason: "holds more than \(limits.entries) entries")
        }
        return try HeaderReader(header: header, archivePath: path, limits: limits).entry(leavingOut: &leftOut)
    }

    /// A piece of the current file's content with its offset (a sparse file has holes); nil at its end.
    func nextBlock() throws(ImageError) -> (offset: Int64, bytes: UnsafeRawBufferPointer)? {
        var start: UnsafeRawPointer?
        var size = 0
        var offset: Int64 = 0
        switch archive_read_data_block(archive, &start, &size, &offset) {
        case ARCHIVE_OK: return (offset, UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : size))
        case ARCHIVE_EOF: return nil
        default: throw failure()
        }
    }

    /// Reads the stream to its end, so that the digest covers the whole file, and makes sure that the archive ended
    /// because it says so: libarchive takes a file cut between two entries for a complete one.
    private func checkEnd() throws(ImageError) {
        let endOfEntries = archive_read_header_position(archive)
        while try !source.next().isEmpty {
            guard source.count - endOfEntries <= limits.padding else {
                throw .invalidArchive(path: path, reason: "is followed by more than \(limits.padding) bytes of padding")
            }
        }
        guard entries > 0 else { throw .invalidArchive(path: path, reason: "holds no entries") }
        guard source.count >= endOfEntries + 512 else {
            throw .invalidArchive(path: path, reason: "is truncated: the end-of-archive mark is missing")
        }
        guard source.endOfContent <= endOfEntries else {
            throw .invalidArchive(
                path: path,
                reason: "goes on after its end-of-archive mark (byte \(endOfEntries)): "
                    + "it is damaged, or several archives were joined")
        }
    }

    private func failure() -> ImageError {
        if let failure = source.failure { return failure }
        let message = archive.message.lowercased()
        let reason =
            switch (entries, source.count) {
            case (0, 0): "is empty"
            case (0, _): "is not a tar archive (plain, gzip, xz or zstd): \(message)"
            default: "is truncated or damaged after entry \(entries): \(message)"
            }
        return .invalidArchive(path: path, reason: reason)
    }
}
