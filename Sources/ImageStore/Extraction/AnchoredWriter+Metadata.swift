import CLinux
import Glibc

/// Owner, then mode, then attributes, then time. The order matters: chown(2) clears setuid, setgid and
/// security.capability, and everything but the last step would change the time.
extension AnchoredWriter {
    func setMetadata(_ entry: TarEntry, file: Int32) throws(ImageError) {
        try setOwner(entry, file: file)
        guard fchmod(file, entry.mode) == 0 else { throw system("set the mode of", entry) }
        try setAttributes(entry, file: file)
        try setTime(entry.modified, entry.path) { futimens(file, $0) }
    }

    /// For what cannot be opened without side effects: links, pipes, devices.
    func setMetadata(_ entry: TarEntry, in directory: Int32, _ name: [UInt8]) throws(ImageError) {
        var status = stat()
        guard name.withCString({ fstatat(directory, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
            throw system("read", entry)
        }
        if status.st_uid != entry.owner || status.st_gid != entry.group {
            guard name.withCString({ fchownat(directory, $0, entry.owner, entry.group, AT_SYMLINK_NOFOLLOW) }) == 0
            else { throw system("set the owner of", entry) }
        }
        // A symbolic link has no mode of its own; for the others the last component is what we just made.
        if status.st_mode & S_IFMT != S_IFLNK {
            guard name.withCString({ fchmodat(directory, $0, entry.mode, 0) }) == 0 else {
                throw system("set the mode of", entry)
            }
        }
        for attribute in entry.attributes {
            // There is no setxattrat(2) before 6.13: the descriptor's own name in /proc anchors the path as well.
            let path = Array("/proc/self/fd/\(directory)/".utf8) + name
            let result = path.withCString { path in
                attribute.value.withUnsafeBytes {
                    clinux_lsetxattr(path, attribute.name, $0.baseAddress, $0.count)
                }
            }
            guard result == 0 else { throw system("set the attribute \(attribute.name) of", entry) }
        }
        try setTime(entry.modified, entry.path) { times in
            name.withCString { utimensat(directory, $0, times, AT_SYMLINK_NOFOLLOW) }
        }
    }

    func setOwner(_ entry: TarEntry, file: Int32) throws(ImageError) {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw system("read", entry) }
        if status.st_uid == entry.owner, status.st_gid == entry.group { return }
        guard fchown(file, entry.owner, entry.group) == 0 else { throw system("set the owner of", entry) }
    }

    func setAttributes(_ entry: TarEntry, file: Int32) throws(ImageError) {
        for attribute in entry.attributes {
            let result = attribute.value.withUnsafeBytes {
                clinux_fsetxattr(file, attribute.name, $0.baseAddress, $0.count)
            }
            guard result == 0 else { throw system("set the attribute \(attribute.name) of", entry) }
        }
    }

    func setTime(
        _ time: TarEntry.Timestamp, _ path: EntryPath, set: (UnsafePointer<timespec>) -> Int32
    ) throws(ImageError) {
        let time = timespec(tv_sec: time.seconds, tv_nsec: time.nanoseconds)
        // Access time, modification time.
        guard [time, time].withUnsafeBufferPointer({ set($0.baseAddress!) }) == 0 else {
            throw system("set the time of", path, errno)
        }
    }

    static func write(
        _ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int64, failure: (String) -> ImageError
    ) throws(ImageError) {
        var written = 0
        while written < bytes.count {
            let count = pwrite(file, bytes.baseAddress! + written, bytes.count - written, Int(offset) + written)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write") }
            written += count
        }
    }
}
