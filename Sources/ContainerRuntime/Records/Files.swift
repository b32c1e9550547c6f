import CLinux
import Glibc
import Linux

/// The few file operations that sandboxes are stored with.
enum Files {
    static func makeDirectories(_ path: String, mode: UInt32) throws(SystemError) {
        let result = clinux_mkdirat(Files.currentDirectory, path, mode)
        if result == 0 || result == -EEXIST { return }
        guard result == -ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw SystemError("make directory", path, code: -result)
        }
        try makeDirectories(String(path[..<slash]), mode: mode)
        let again = clinux_mkdirat(Files.currentDirectory, path, mode)
        if again != 0 && again != -EEXIST { throw SystemError("make directory", path, code: -again) }
    }

    /// A reader sees the old contents or the new ones.
    static func replace(_ path: String, with contents: [UInt8]) throws(SystemError) {
        let fresh = "\(path).new"
        let file = try OwnedFD.open(fresh, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try file.writeAll(contents, path: fresh)
        file.close()
        if rename(fresh, path) != 0 { throw SystemError("rename", fresh, code: errno) }
    }

    /// Nil when there is no such file.
    static func read(_ path: String) throws(SystemError) -> [UInt8]? {
        do { return try OwnedFD.open(path, O_RDONLY).readAll(path: path) } catch  where error.code == ENOENT {
            return nil
        }
    }

    /// The names in a directory, sorted; none when there is no such directory.
    static func names(in path: String) throws(SystemError) -> [String] {
        guard let stream = opendir(path) else {
            if errno == ENOENT { return [] }
            throw SystemError("open directory", path, code: errno)
        }
        defer { closedir(stream) }
        return entries(of: stream).map { String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) }
            .sorted()
    }

    /// The names as the bytes they are, each with its terminator: a container may use names that are no UTF-8.
    static func entries(of stream: OpaquePointer) -> [[CChar]] {
        let itself: [CChar] = [0x2e, 0]
        let parent: [CChar] = [0x2e, 0x2e, 0]
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
                }
            }
            if name != itself && name != parent { names.append(name) }
        }
        return names
    }

    /// AT_FDCWD.
    static let currentDirectory: Int32 = -100
}
