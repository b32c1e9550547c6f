import CLinux
import Glibc

/// The few file operations that volumes and a pod's own files need. Nothing here follows a symlink that a container could
/// have left, except where the name says so.
enum Files {
    static func exists(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0
    }

    /// Creates the directory and its parents. An existing one keeps its mode.
    static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(FileError) {
        if mkdir(path, mode) == 0 {
            // mkdir(2) applies the umask; a volume's mode is the one asked for.
            if chmod(path, mode) != 0 { throw FileError("chmod", path) }
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw FileError("mkdir", path) }
            try makeDirectory(String(path[..<slash]))
            try makeDirectory(path, mode: mode)
        default: throw FileError("mkdir", path)
        }
    }

    /// Writes a new file or replaces the contents of an existing one.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(FileError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw FileError("open", path) }
        defer { close(file) }
        if fchmod(file, mode) != 0 { throw FileError("chmod", path) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + written, bytes.count - written) }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("write", path)
            }
            written += count
        }
    }

    static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws(FileError) {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// At most `limit` bytes from the start. Follows symlinks.
    static func read(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileError("open", path) }
        defer { close(file) }
        return try read(file, path, limit: limit)
    }

    static func read(_ file: Int32, _ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while result.count < limit {
            let count = Glibc.read(file, &buffer, min(buffer.count, limit - result.count))
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", path)
            }
            if count == 0 { break }
            result += buffer[..<count]
        }
        return result
    }

    static func names(in directory: String) throws(FileError) -> [String] {
        guard let stream = opendir(directory) else { throw FileError("open", directory) }
        defer { closedir(stream) }
        return names(stream)
    }

    /// Removes a file or a whole tree. What is not there is removed already.
    static func removeTree(_ path: String) throws(FileError) {
        try removeTree(AT_FDCWD, path, shown: path)
    }

    /// Walks by descriptors, through no symlink and into no mount: what a container swapped in meanwhile, or a mount that
    /// would not come off, stays whole.
    private static func removeTree(_ parent: Int32, _ name: String, shown: String) throws(FileError) {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw FileError("unlink", shown) }
        let flags = UInt64(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        let directory = clinux_openat2(parent, name, flags, 0, parent == AT_FDCWD ? 0 : resolveNoXDev)
        guard directory >= 0 else {
            if directory == -ENOENT { return }
            throw FileError("open", shown, -directory)
        }
        guard let stream = fdopendir(directory) else {
            let code = errno
            close(directory)
            throw FileError("open", shown, code)
        }
        defer { closedir(stream) }
        for entry in names(stream) { try removeTree(directory, entry, shown: shown + "/" + entry) }
        if unlinkat(parent, name, AT_REMOVEDIR) != 0, errno != ENOENT { throw FileError("rmdir", shown) }
    }

    /// <linux/openat2.h>: RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS.
    private static let resolveNoXDev: UInt64 = 0x01 | 0x04

    private static func names(_ stream: OpaquePointer) -> [String] {
        var result: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { result.append(name) }
        }
        return result
    }
}
