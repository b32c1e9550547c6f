import CArchive
import Glibc

/// One piece of an archive, compressed by itself (one zstd frame), so that pieces can be had in any order from anybody.
enum PieceCodec {
    /// zstd's own default: a third of the size of a typical root file system at about 200 MB/s.
    static func compress(_ bytes: [UInt8]) throws(ImageError) -> [UInt8] {
        guard let archive = archive_write_new() else { throw failure("compress", "out of memory") }
        defer { archive_write_free(archive) }
        // The raw format is the filter's output and nothing else; without the third line it is padded to 10 KiB.
        guard archive_write_add_filter_zstd(archive) == ARCHIVE_OK,
            archive_write_set_format_raw(archive) == ARCHIVE_OK,
            archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK, let entry = archive_entry_new()
        else { throw failure("compress", archive.message) }
        defer { archive_entry_free(entry) }
        archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
        // ZSTD_COMPRESSBOUND: what cannot be compressed grows by less than a part in 256.
        var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 256 + 1024)
        var used = 0
        let written = output.withUnsafeMutableBytes { buffer in
            archive_write_open_memory(archive, buffer.baseAddress, buffer.count, &used) == ARCHIVE_OK
                && archive_write_header(archive, entry) == ARCHIVE_OK
                && bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) } == bytes.count
                && archive_write_close(archive) == ARCHIVE_OK
        }
        guard written else { throw failure("compress", archive.message) }
        output.removeLast(output.count - used)
        return output
    }

    /// - Parameter limit: bytes that may come out; a frame that claims more is refused and never expanded.
    static func expand(_ bytes: [UInt8], limit: Int) throws(ImageError) -> [UInt8] {
        guard let archive = archive_read_new() else { throw failure("expand", "out of memory") }
        defer { archive_read_free(archive) }
        let result = bytes.withUnsafeBytes { input -> Result<[UInt8], ImageError> in
            var entry: OpaquePointer?
            guard archive_read_support_filter_zstd(archive) == ARCHIVE_OK,
                archive_read_support_format_raw(archive) == ARCHIVE_OK,
                archive_read_open_memory(archive, input.baseAddress, input.count) == ARCHIVE_OK,
                archive_read_next_header(archive, &entry) == ARCHIVE_OK
            else { return .failure(failure("expand", archive.message)) }
            var output: [UInt8] = []
            output.reserveCapacity(limit)
            while true {
                var start: UnsafeRawPointer?
                var size = 0
                var offset: Int64 = 0
                switch archive_read_data_block(archive, &start, &size, &offset) {
                case ARCHIVE_OK:
                    guard output.count + size <= limit else {
                        return .failure(failure("expand", "it holds more than \(limit) bytes"))
                    }
                    output.append(contentsOf: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : size))
                case ARCHIVE_EOF: return .success(output)
                default: return .failure(failure("expand", archive.message))
                }
            }
        }
        return try result.get()
    }

    private static func failure(_ what: String, _ reason: String) -> ImageError {
        .damagedPiece(reason: "cannot \(what) it: \(reason)")
    }
}
