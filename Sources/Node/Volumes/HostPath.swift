import Glibc

/// The checks and creations of a hostPath volume's `type`. Source: Kubernetes' documentation of hostPath.
enum HostPath {
    static func prepare(_ path: String, type: String) throws {
        var info = stat()
        let exists = stat(path, &info) == 0
        let kind = info.st_mode & S_IFMT
        func require(_ matches: Bool, _ words: String) throws {
            if !exists || !matches { throw ConfigError("hostPath type check failed: \(path) is not \(words)") }
        }
        switch type {
        case "":
            // No check; but a mount needs something to mount.
            if !exists { try Files.makeDirectory(path) }
        case "DirectoryOrCreate":
            if !exists { return try Files.makeDirectory(path) }
            try require(kind == S_IFDIR, "a directory")
        case "Directory": try require(kind == S_IFDIR, "a directory")
        case "FileOrCreate":
            if !exists { return try Files.write([UInt8](), to: path) }
            try require(kind == S_IFREG, "a file")
        case "File": try require(kind == S_IFREG, "a file")
        case "Socket": try require(kind == S_IFSOCK, "a socket file")
        case "CharDevice": try require(kind == S_IFCHR, "a character device")
        case "BlockDevice": try require(kind == S_IFBLK, "a block device")
        default: throw ConfigError("\(type) is an invalid volume type")
        }
    }
}
