import CLinux
import Glibc

/// What an archive became.
struct ExtractedLayer: Sendable, Equatable {
    /// Hex of the SHA-256 over the uncompressed archive.
    var digest: String
    /// Bytes of file content.
    var size: Int64
    var entries: Int
    /// What could not be kept, for the log.
    var warnings: [String]
}

/// Unpacks a tarball below a directory: reader, space budget and writer together.
struct LayerExtractor {
    var limits = ExtractionLimits()
    /// Free bytes and free inodes of the file system behind a descriptor.
    var freeSpace: @Sendable (Int32) -> (bytes: Int64, inodes: Int64) = Self.freeSpace

    func extract(
        _ source: TarStream, path: String, into root: borrowing Descriptor
    ) throws(ImageError) -> ExtractedLayer {
        // Names in pax headers are UTF-8, and libarchive converts them to the thread's locale: in the C locale of a
        // daemon that would lose every name that is not ASCII.
        let formerLocale = clinux_use_utf8_locale()
        defer { clinux_restore_locale(formerLocale) }

        let free = freeSpace(root.raw)
        let reader = try TarReader(source, path: path, limits: limits)
        var writer = AnchoredWriter(root: try root.duplicate(), archivePath: path)
        var layer = ExtractedLayer(digest: "", size: 0, entries: 0, warnings: [])
        while let entry = try reader.next() {
            layer.entries += 1
            guard layer.entries <= free.inodes else {
                throw .noSpace(path: path, detail: "the file system has only \(free.inodes) free inodes")
            }
            if case .regular(let size) = entry.kind {
                // The declared size counts, holes too: a sparse file is copied as it is when a container writes to it.
                // Checked before the first byte, so that a claim of terabytes costs nothing.
                let left = free.bytes - limits.reservedSpace - layer.size
                guard size <= left else {
                    throw .noSpace(
                        path: path,
                        detail: "entry \"\(entry.path.text)\" claims \(size) bytes and \(max(left, 0)) can be used")
                }
                layer.size += size
            }
            try writer.write(entry) { (sink) throws(ImageError) in
                while let block = try reader.nextBlock() { try sink(block.offset, block.bytes) }
            }
        }
        try writer.finish()
        layer.digest = source.digest
        if !reader.leftOut.isEmpty {
            layer.warnings.append(
                "security labels of another machine were left out: \(reader.leftOut.sorted().joined(separator: ", "))")
        }
        if !writer.missingDevices.isEmpty {
            layer.warnings.append("devices could not be made: \(writer.missingDevices.joined(separator: ", "))")
        }
        return layer
    }

    private static func freeSpace(_ directory: Int32) -> (bytes: Int64, inodes: Int64) {
        var status = statvfs()
        // Only a hint: where it cannot be had, the disk itself says when it is full.
        guard fstatvfs(directory, &status) == 0 else { return (.max, .max) }
        let bytes = Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
        // btrfs reports no inodes at all, and has no limit.
        return (bytes, status.f_files == 0 ? .max : Int64(clamping: status.f_favail))
    }
}
