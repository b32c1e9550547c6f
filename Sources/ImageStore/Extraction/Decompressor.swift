import CArchive
import CLinux
import Crypto
import Glibc

/// Reads a file block by block, decompressing gzip, xz and zstd.
///
/// libarchive could decompress and parse in one object, but then the uncompressed bytes, whose digest names the layer,
/// would never be seen. So one object decompresses ("raw" format) and a second parses its output.
final class Decompressor: BlockSource {
    private let archive: OpaquePointer
    private let path: String
    private var finished = false

    /// `descriptor` stays the caller's and must outlive this.
    init(descriptor: borrowing Descriptor, path: String) throws(ImageError) {
        guard let archive = archive_read_new() else {
            throw .system(operation: "read", path: path, errno: ENOMEM)
        }
        self.archive = archive
        self.path = path
        // Anything but ARCHIVE_OK would mean that libarchive runs an external program for the filter.
        let supported = [
            archive_read_support_filter_gzip(archive), archive_read_support_filter_xz(archive),
            archive_read_support_filter_zstd(archive), archive_read_support_format_raw(archive),
            archive_read_support_format_empty(archive),
        ].allSatisfy { $0 == ARCHIVE_OK }
        guard supported else { throw error("this libarchive lacks gzip, xz or zstd") }
        guard archive_read_open_fd(archive, descriptor.raw, 1 << 17) == ARCHIVE_OK else { throw error() }
        var entry: OpaquePointer?
        switch archive_read_next_header(archive, &entry) {
        case ARCHIVE_OK: break
        case ARCHIVE_EOF: finished = true
        default: throw error()
        }
    }

    deinit { archive_read_free(archive) }

    /// The next uncompressed bytes, valid until the next call; empty at the end.
    func next() throws(ImageError) -> UnsafeRawBufferPointer {
        while !finished {
            var start: UnsafeRawPointer?
            var size = 0
            var offset: Int64 = 0
            switch archive_read_data_block(archive, &start, &size, &offset) {
            case ARCHIVE_OK:
                guard size > 0, let start else { continue }
                return UnsafeRawBufferPointer(start: start, count: size)
            case ARCHIVE_EOF: finished = true
            default: throw error()
            }
        }
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }

    private func error(_ reason: String? = nil) -> ImageError {
        .invalidArchive(path: path, reason: "cannot be decompressed: \(reason ?? archive.message)")
    }
}

extension OpaquePointer {
    /// libarchive's words for the last error of an archive.
    var message: String {
        guard let text = archive_error_string(self) else { return "unknown error" }
        return String(cString: text)
    }
}

extension Digest {
    var hex: String {
        var text = ""
        for byte in self {
            text += byte < 16 ? "0" : ""
            text += String(byte, radix: 16)
        }
        return text
    }
}
