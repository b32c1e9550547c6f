import CLinux
import Glibc

/// A file without a name or a file system (memfd_create(2)).
public enum MemoryFile {
    /// Made with the contents, the position at the start.
    public static func make(_ name: String, _ contents: [UInt8] = []) throws(SystemError) -> OwnedFD {
        let file = OwnedFD(try checked(clinux_memfd_create(name, 0), "memfd_create", name))
        try file.writeAll(contents, path: name)
        if lseek(file.raw, 0, SEEK_SET) < 0 { throw SystemError("seek in", name, code: errno) }
        return file
    }
}
