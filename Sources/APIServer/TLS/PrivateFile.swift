import Glibc

/// Files that only their owner may read, replaced as a whole or not at all.
public enum PrivateFile {
    public struct Failure: Error, CustomStringConvertible {
        var call: String
        var path: String
        var code: Int32
        public var description: String { "\(path): \(call): \(String(cString: strerror(code)))" }
    }

    /// The file's bytes, or nil when there is none.
    public static func read(_ path: String) throws(Failure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw Failure(call: "open", path: path, code: errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Failure(call: "read", path: path, code: errno) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Writes beside the file and renames over it; after a crash there is the old file or the new one, mode 0600.
    public static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let temporary = path + ".new"
        // A leftover of a crash: O_EXCL below must not fail for it, and its mode must not be inherited.
        if unlink(temporary) != 0 && errno != ENOENT { throw Failure(call: "unlink", path: temporary, code: errno) }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Failure(call: "open", path: temporary, code: errno) }
        try fill(descriptor, bytes, temporary)
        guard rename(temporary, path) == 0 else { throw Failure(call: "rename", path: path, code: errno) }
        try syncDirectory(of: path)
    }

    private static func fill(_ descriptor: Int32, _ bytes: [UInt8], _ path: String) throws(Failure) {
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Failure(call: "write", path: path, code: errno) }
            rest = rest.dropFirst(count)
        }
        // Before the rename: otherwise a power cut may leave the new name on an empty file.
        guard fsync(descriptor) == 0 else { throw Failure(call: "fsync", path: path, code: errno) }
    }

    /// Makes the directory with mode 0700, or gives an existing one that mode.
    static func makeDirectory(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) != 0 && errno != EEXIST { throw Failure(call: "mkdir", path: path, code: errno) }
        guard chmod(path, 0o700) == 0 else { throw Failure(call: "chmod", path: path, code: errno) }
    }

    private static func syncDirectory(of path: String) throws(Failure) {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(call: "open", path: directory, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Failure(call: "fsync", path: directory, code: errno) }
    }
}
