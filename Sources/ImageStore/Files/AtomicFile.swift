import Glibc

/// Whole files, read and replaced at once.
enum AtomicFile {
    /// Nil when the file does not exist. `limit` bounds what a strange file can cost.
    static func read(_ path: String, limit: Int = 64 << 20) throws(ImageError) -> [UInt8]? {
        let raw = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard raw >= 0 else {
            if errno == ENOENT { return nil }
            throw .system(operation: "open", path: path, errno: errno)
        }
        let file = Descriptor(owning: raw)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file.raw, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(operation: "read", path: path, errno: errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw .system(operation: "read", path: path, errno: EFBIG) }
        }
    }

    /// Content first, then the name: fsync(2) before rename(2), or a crash could leave the name with an empty file;
    /// then fsync of the directory, or the old file could come back. Call with the store lock held (one new name).
    static func replace(_ path: String, with bytes: [UInt8], directory: String) throws(ImageError) {
        let new = path + ".new"
        do throws(ImageError) {
            let raw = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard raw >= 0 else { throw failure("open", new) }
            let file = Descriptor(owning: raw)
            try write(bytes, to: file, new)
            guard fsync(file.raw) == 0 else { throw failure("fsync", new) }
            guard rename(new, path) == 0 else { throw failure("rename", new) }
        } catch {
            unlink(new)
            throw error
        }
        try FileTree.synchronize(directory: directory)
    }

    private static func write(_ bytes: [UInt8], to file: borrowing Descriptor, _ path: String) throws(ImageError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file.raw, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write", path) }
            written += count
        }
    }

    private static func failure(_ operation: String, _ path: String) -> ImageError {
        errno == ENOSPC || errno == EDQUOT
            ? .noSpace(path: path, detail: "the disk is full")
            : .system(operation: operation, path: path, errno: errno)
    }
}
