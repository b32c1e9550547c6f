import CArchive
import Glibc

/// Writes tar archives byte by byte (POSIX ustar with pax headers), also such as no tar program would write.
struct TarBuilder {
    private(set) var bytes: [UInt8] = []

    /// Type flags of the header.
    enum Kind: String {
        case file = "0"
        case hardLink = "1"
        case symlink = "2"
        case character = "3"
        case block = "4"
        case directory = "5"
        case fifo = "6"
    }

    @discardableResult
    mutating func add(
        _ name: String, _ kind: Kind = .file, content: [UInt8] = [], link: String = "", mode: Int = 0o644,
        uid: Int = Int(getuid()), gid: Int = Int(getgid()), mtime: Int = 1_000_000_000, device: (Int, Int) = (0, 0),
        size: Int? = nil, pax: [(String, [UInt8])] = []
    ) -> TarBuilder {
        if !pax.isEmpty {
            let records = pax.flatMap { Self.record($0, $1) }
            bytes += Self.header(
                "pax", "x", size: records.count, mode: 0o644, uid: 0, gid: 0, mtime: 0, link: "", device: (0, 0))
            append(records)
        }
        bytes += Self.header(
            name, kind.rawValue, size: size ?? content.count, mode: mode, uid: uid, gid: gid, mtime: mtime, link: link,
            device: device)
        append(content)
        return self
    }

    /// With the end-of-archive mark.
    var archive: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    private mutating func append(_ content: [UInt8]) {
        bytes += content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// `<length> <key>=<value>\n`, the length counting itself.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(key)=".utf8) + value + [0x0a]
        var length = rest.count
        while "\(length)".utf8.count + rest.count != length { length = "\(length)".utf8.count + rest.count }
        return Array("\(length)".utf8) + rest
    }

    private static func header(
        _ name: String, _ type: String, size: Int, mode: Int, uid: Int, gid: Int, mtime: Int, link: String,
        device: (Int, Int)
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        func octal(_ value: Int, at offset: Int, width: Int) {
            let digits = String(value, radix: 8)
            if digits.utf8.count < width {
                put((String(repeating: "0", count: width - 1 - digits.utf8.count) + digits).utf8, at: offset)
            } else {
                // GNU's base-256 for what octal cannot hold.
                for index in 0..<width {
                    block[offset + width - 1 - index] = UInt8(truncatingIfNeeded: value >> (8 * index))
                }
                block[offset] |= 0x80
            }
        }
        put(name.utf8.prefix(100), at: 0)
        octal(mode, at: 100, width: 8)
        octal(uid, at: 108, width: 8)
        octal(gid, at: 116, width: 8)
        octal(size, at: 124, width: 12)
        octal(mtime, at: 136, width: 12)
        put("        ".utf8, at: 148)
        put(type.utf8, at: 156)
        put(link.utf8.prefix(100), at: 157)
        put("ustar\u{0}00".utf8, at: 257)
        octal(device.0, at: 329, width: 8)
        octal(device.1, at: 337, width: 8)
        let sum = block.reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        put((String(repeating: "0", count: 6 - digits.utf8.count) + digits + "\u{0} ").utf8, at: 148)
        return block
    }
}

enum Compression: CaseIterable { case none, gzip, xz, zstd }

/// Compresses with libarchive's own writer ("raw" format: the filter's output and nothing else).
func compress(_ bytes: [UInt8], _ compression: Compression) -> [UInt8] {
    if compression == .none { return bytes }
    guard let archive = archive_write_new() else { return [] }
    defer { archive_write_free(archive) }
    switch compression {
    case .none: break
    case .gzip: archive_write_add_filter_gzip(archive)
    case .xz: archive_write_add_filter_xz(archive)
    case .zstd: archive_write_add_filter_zstd(archive)
    }
    archive_write_set_format_raw(archive)
    archive_write_set_bytes_in_last_block(archive, 1)
    var output = [UInt8](repeating: 0, count: bytes.count + 65536)
    var used = 0
    output.withUnsafeMutableBytes { buffer in
        _ = archive_write_open_memory(archive, buffer.baseAddress, buffer.count, &used)
        let entry = archive_entry_new()
        defer { archive_entry_free(entry) }
        archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
        archive_write_header(archive, entry)
        bytes.withUnsafeBytes { _ = archive_write_data(archive, $0.baseAddress, $0.count) }
        archive_write_close(archive)
    }
    return Array(output[..<used])
}
