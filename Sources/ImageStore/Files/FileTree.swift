import Glibc

/// Directory trees by descriptor: no name is looked up twice, and no symbolic link is followed.
enum FileTree {
    static func makeDirectory(_ path: String, mode: mode_t = 0o700) throws(ImageError) {
        guard mkdir(path, mode) == 0 || errno == EEXIST else {
            throw .system(operation: "create directory", path: path, errno: errno)
        }
    }

    static func makeDirectories(_ path: String, mode: mode_t = 0o700) throws(ImageError) {
        var partial = path.hasPrefix("/") ? "" : "."
        for component in path.split(separator: "/") {
            partial += "/" + component
            try makeDirectory(partial, mode: mode)
        }
    }

    /// The names in a directory, sorted, without `.` and `..`; names that are not UTF-8 come out repaired, so this is
    /// for directories that this program fills.
    static func names(in path: String) throws(ImageError) -> [String] {
        let directory = try Descriptor(directory: path)
        return try names(in: directory, path: path).map { String(decoding: $0.dropLast(), as: UTF8.self) }.sorted()
    }

    /// Removes `name` below `parent` and everything in it. No error when it does not exist.
    static func remove(_ name: String, in parent: borrowing Descriptor, path: String) throws(ImageError) {
        try remove(Array(name.utf8) + [0], in: parent, path: path)
    }

    /// fsync(2) of a directory makes the names in it durable (a rename alone is not).
    static func synchronize(directory path: String) throws(ImageError) {
        let directory = try Descriptor(directory: path)
        guard fsync(directory.raw) == 0 else { throw .system(operation: "fsync", path: path, errno: errno) }
    }

    /// Names are C strings (with their NUL), because they need not be UTF-8.
    private static func remove(_ name: [UInt8], in parent: borrowing Descriptor, path: String) throws(ImageError) {
        // The stack of directories is ours and not the thread's: an image may nest a thousand deep.
        // Descending by ".." is not done: the tree is moved flat instead, so that only two descriptors are open.
        if unlink(name, in: parent, flags: 0) { return }
        guard errno == EISDIR || errno == EPERM || errno == ENOTEMPTY else {
            if errno == ENOENT { return }
            throw .system(operation: "remove", path: path, errno: errno)
        }
        if unlink(name, in: parent, flags: AT_REMOVEDIR) { return }
        guard errno == ENOTEMPTY || errno == EEXIST else {
            throw .system(operation: "remove directory", path: path, errno: errno)
        }
        let top = open(name, in: parent)
        guard top >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
        let root = Descriptor(owning: top)
        try empty(root, path: path)
        guard unlink(name, in: parent, flags: AT_REMOVEDIR) else {
            throw .system(operation: "remove directory", path: path, errno: errno)
        }
    }

    /// Deletes what is below `root`. A directory inside a directory is first moved up into `root` under a fresh name,
    /// so any depth is removed with two open descriptors and no recursion.
    private static func empty(_ root: borrowing Descriptor, path: String) throws(ImageError) {
        var fresh = 0
        while true {
            let children = try names(in: root, path: path)
            if children.isEmpty { return }
            for child in children {
                if unlink(child, in: root, flags: 0) || unlink(child, in: root, flags: AT_REMOVEDIR) { continue }
                let opened = open(child, in: root)
                guard opened >= 0 else { throw .system(operation: "open below", path: path, errno: errno) }
                let directory = Descriptor(owning: opened)
                // Without this a directory of mode 0 could not be emptied by anyone but root.
                fchmod(directory.raw, 0o700)
                for grandchild in try names(in: directory, path: path) {
                    if unlink(grandchild, in: directory, flags: 0) { continue }
                    if unlink(grandchild, in: directory, flags: AT_REMOVEDIR) { continue }
                    repeat {
                        fresh += 1
                    } while try !move(grandchild, from: directory, to: root, number: fresh, path: path)
                }
                guard unlink(child, in: root, flags: AT_REMOVEDIR) else {
                    throw .system(operation: "remove directory below", path: path, errno: errno)
                }
            }
        }
    }

    /// False when the fresh name was taken.
    private static func move(
        _ name: [UInt8], from directory: borrowing Descriptor, to root: borrowing Descriptor, number: Int,
        path: String
    ) throws(ImageError) -> Bool {
        let target = Array(".removing-\(number)".utf8) + [0]
        let done = name.withCString { from in
            target.withCString { to in renameat(directory.raw, from, root.raw, to) == 0 }
        }
        if done { return true }
        guard errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR else {
            throw .system(operation: "move below", path: path, errno: errno)
        }
        return false
    }

    private static func names(in directory: borrowing Descriptor, path: String) throws(ImageError) -> [[UInt8]] {
        // fdopendir takes its descriptor over, hence an own one: "." also starts at the first entry again.
        let listing = openat(directory.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard listing >= 0, let stream = fdopendir(listing) else {
            throw .system(operation: "list", path: path, errno: errno)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                Array(bytes.prefix { $0 != 0 }) + [0]
            }
            if name != [0x2e, 0] && name != [0x2e, 0x2e, 0] { names.append(name) }
        }
        return names
    }

    private static func unlink(_ name: [UInt8], in parent: borrowing Descriptor, flags: Int32) -> Bool {
        name.withCString { unlinkat(parent.raw, $0, flags) == 0 }
    }

    private static func open(_ name: [UInt8], in parent: borrowing Descriptor) -> Int32 {
        name.withCString { openat(parent.raw, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    }
}

extension [UInt8] {
    /// The bytes, NUL-terminated already, as C wants them.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeBufferPointer { buffer in
            buffer.baseAddress!.withMemoryRebound(to: CChar.self, capacity: buffer.count, body)
        }
    }
}
