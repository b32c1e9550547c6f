import CLinux
import Glibc
import Linux

/// Removes directory trees that containers wrote: whatever names, links and depths they hold.
///
/// No link is ever followed out of the tree: each directory is opened as the directory that it is, and its entries are
/// named from there. Descriptors and stack are bounded: a directory that lies too deep is first moved up to the top.
struct TreeRemoval {
    private static let deepest = 64
    private let top: OwnedFD
    /// Never used twice: a directory that was moved up holds further ones to move.
    private var serial: UInt64 = 0

    /// One that does not exist counts as removed.
    static func remove(_ path: String) throws(SystemError) {
        let top: OwnedFD
        do {
            top = try OwnedFD.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch  where error.code == ENOENT {
            return
        }
        var removal = TreeRemoval(top: top)
        // Again while directories were moved up.
        var before: UInt64
        repeat {
            before = removal.serial
            try removal.empty(top, depth: 0, path)
        } while removal.serial > before
        let result = clinux_unlinkat(Files.currentDirectory, path, AT_REMOVEDIR)
        if result < 0 && result != -ENOENT { throw SystemError("remove directory", path, code: -result) }
    }

    private init(top: OwnedFD) { self.top = top }

    private mutating func empty(_ directory: OwnedFD, depth: Int, _ path: String) throws(SystemError) {
        // fdopendir takes its descriptor over.
        guard let stream = fdopendir(try directory.duplicate().take()) else {
            throw SystemError("open directory", path, code: errno)
        }
        rewinddir(stream)
        let names = Files.entries(of: stream)
        closedir(stream)
        for name in names {
            let result = clinux_unlinkat(directory.raw, name, 0)
            if result == 0 || result == -ENOENT { continue }
            guard result == -EISDIR || result == -EPERM else { throw SystemError("remove in", path, code: -result) }
            if depth >= Self.deepest {
                serial += 1
                let aside = Array("swiftlet-removal-\(serial)".utf8CString)
                // A name of the container's own making is in the way: the next number will do.
                if renameat(directory.raw, name, top.raw, aside) < 0 && errno != ENOTEMPTY && errno != EEXIST {
                    throw SystemError("move up from", path, code: errno)
                }
                continue
            }
            let inner = clinux_openat(directory.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            if inner < 0 { throw SystemError("open directory in", path, code: -inner) }
            let opened = OwnedFD(inner)
            let before = serial
            try empty(opened, depth: depth + 1, path)
            // Not empty only when something of it could not be moved up yet.
            let removed = clinux_unlinkat(directory.raw, name, AT_REMOVEDIR)
            if removed < 0 && removed != -ENOENT && !(removed == -ENOTEMPTY && serial > before) {
                throw SystemError("remove directory in", path, code: -removed)
            }
        }
    }
}
