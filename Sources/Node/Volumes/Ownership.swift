import Glibc

/// Gives a volume to the pod's `fsGroup`: the group owns everything and may do what the owner may, and directories pass the
/// group on. Source: Kubernetes' documentation of `fsGroup`; the masks are the kubelet's.
enum Ownership {
    /// - Parameter readOnly: the volume's files are only ever read by the container.
    static func apply(to path: String, group: UInt32, readOnly: Bool) throws(FileError) {
        try apply(AT_FDCWD, path, shown: path, group: group, readOnly: readOnly)
    }

    static func mode(_ mode: mode_t, isDirectory: Bool, readOnly: Bool) -> mode_t {
        var result = mode | (readOnly ? 0o440 : 0o660)
        if isDirectory { result |= 0o2110 }
        return result
    }

    /// By descriptors: another pod may be writing to the same claim, and must not be able to aim this at another file.
    private static func apply(
        _ parent: Int32, _ name: String, shown: String, group: UInt32, readOnly: Bool
    ) throws(FileError) {
        // O_PATH needs no permission on the file and opens symlinks themselves.
        let file = openat(parent, name, oPath | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { throw FileError("open", shown) }
        defer { close(file) }
        var info = stat()
        if fstat(file, &info) != 0 { throw FileError("stat", shown) }
        if fchownat(file, "", uid_t.max, group, atEmptyPath) != 0 { throw FileError("chown", shown) }
        let kind = info.st_mode & S_IFMT
        if kind == S_IFLNK { return }
        // fchmod(2) refuses O_PATH descriptors; their entry in /proc leads to the very file.
        let wanted = mode(info.st_mode & 0o7777, isDirectory: kind == S_IFDIR, readOnly: readOnly)
        if chmod("/proc/self/fd/\(file)", wanted) != 0 { throw FileError("chmod", shown) }
        guard kind == S_IFDIR else { return }
        for entry in try Files.names(in: "/proc/self/fd/\(file)") {
            try apply(file, entry, shown: shown + "/" + entry, group: group, readOnly: readOnly)
        }
    }

    /// <fcntl.h>'s O_PATH and AT_EMPTY_PATH, which the Glibc module leaves out without _GNU_SOURCE.
    private static let oPath: Int32 = 0o10000000
    private static let atEmptyPath: Int32 = 0x1000
}
