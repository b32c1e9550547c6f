import Glibc

/// The room of a file system.
public struct FileSystemSpace: Sendable, Equatable {
    /// Bytes in all, and bytes that an unprivileged process could still write.
    public var total: Int64
    public var available: Int64
    public var inodes: Int64
    public var inodesFree: Int64

    /// Of the file system that holds `path`.
    public static func of(_ path: String) throws(SystemError) -> FileSystemSpace {
        var space = statvfs()
        if statvfs(path, &space) < 0 { throw SystemError("statvfs", path, code: errno) }
        return FileSystemSpace(
            total: Int64(space.f_blocks) * Int64(space.f_frsize),
            available: Int64(space.f_bavail) * Int64(space.f_frsize),
            inodes: Int64(space.f_files), inodesFree: Int64(space.f_favail))
    }
}
