import CLinux
import Glibc

/// Opens `subPath` inside a volume without ever leaving it: a container that shares the volume could have put a symlink
/// anywhere on the way, and the kernel checks every step (openat2(2), RESOLVE_BENEATH).
enum SubPath {
    /// What is missing is made as directories with the volume's own mode, as the kubelet does.
    /// - Returns: a descriptor (O_PATH) of the file or directory; the caller closes it.
    static func open(volume: String, subPath: String) throws -> Int32 {
        let root = Glibc.open(volume, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw FileError("open", volume) }
        defer { close(root) }
        let found = beneath(root, subPath, flags: oPath)
        if found >= 0 { return found }
        guard found == -ENOENT else { throw failure(volume, subPath, found) }

        var info = stat()
        if fstat(root, &info) != 0 { throw FileError("stat", volume) }
        var done = ""
        for part in subPath.split(separator: "/") where part != "." {
            let path = done.isEmpty ? String(part) : done + "/" + part
            let directory = beneath(root, path, flags: O_RDONLY | O_DIRECTORY)
            if directory >= 0 {
                close(directory)
            } else if directory == -ENOENT {
                let parent = beneath(root, done.isEmpty ? "." : done, flags: O_RDONLY | O_DIRECTORY)
                guard parent >= 0 else { throw failure(volume, path, parent) }
                defer { close(parent) }
                if mkdirat(parent, String(part), 0o755) != 0, errno != EEXIST {
                    throw FileError("mkdir", volume + "/" + path)
                }
                let made = beneath(root, path, flags: O_RDONLY | O_DIRECTORY)
                guard made >= 0 else { throw failure(volume, path, made) }
                defer { close(made) }
                if fchmod(made, info.st_mode & 0o7777) != 0 { throw FileError("chmod", volume + "/" + path) }
            } else {
                throw failure(volume, path, directory)
            }
            done = path
        }
        let made = beneath(root, subPath, flags: oPath)
        guard made >= 0 else { throw failure(volume, subPath, made) }
        return made
    }

    private static func beneath(_ root: Int32, _ path: String, flags: Int32) -> Int32 {
        clinux_openat2(root, path, UInt64(flags | O_CLOEXEC), 0, resolve)
    }

    private static func failure(_ volume: String, _ path: String, _ code: Int32) -> any Error {
        switch -code {
        case EXDEV, ELOOP: ConfigError("subPath \"\(path)\" leads outside of the volume \(volume)")
        default: FileError("open", volume + "/" + path, -code)
        }
    }

    /// <linux/openat2.h>: RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH.
    private static let resolve: UInt64 = 0x02 | 0x08
    /// <fcntl.h>'s O_PATH, which the Glibc module leaves out without _GNU_SOURCE.
    private static let oPath: Int32 = 0o10000000
}
