import Glibc

/// The files of one run of a container, in a pod's log directory: `<name>/<attempt>.log`, and the rotated ones before it,
/// `<attempt>.log.<anything>`.
struct LogFiles: Sendable {
    /// `<pod's log directory>/<container name>`.
    var directory: String
    var attempt: Int

    var current: String { "\(directory)/\(attempt).log" }

    /// An open log file, known by its inode: rotation renames it under a reader.
    final class Handle: Sendable {
        let descriptor: Int32
        let inode: UInt64
        let modified: Int64

        init?(_ path: String) throws(FileError) {
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
            if descriptor < 0 {
                if errno == ENOENT { return nil }
                throw FileError("open", path)
            }
            var info = stat()
            if fstat(descriptor, &info) != 0 {
                let code = errno
                close(descriptor)
                throw FileError("stat", path, code)
            }
            self.descriptor = descriptor
            inode = UInt64(info.st_ino)
            modified = Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
        }

        deinit { close(descriptor) }

        var size: Int64 {
            var info = stat()
            return fstat(descriptor, &info) == 0 ? Int64(info.st_size) : 0
        }

        /// Nothing at the end of the file.
        func read(at offset: Int64, upTo count: Int = 64 * 1024) throws(FileError) -> [UInt8] {
            var failed: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
                while true {
                    let result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
                    if result < 0, errno == EINTR { continue }
                    if result < 0 { failed = errno }
                    used = max(0, result)
                    return
                }
            }
            if failed != 0 { throw FileError("read", "log", failed) }
            return bytes
        }
    }

    /// Oldest first, the current one last. Empty when nothing has been logged yet.
    func handles() throws(FileError) -> [Handle] {
        while true {
            guard let current = try Handle(current) else {
                // Between the two steps of a rotation, or before the first line.
                return try rotated()
            }
            let others = try rotated().filter { $0.inode != current.inode }
            // Rotated meanwhile: what is newest now is not yet in the list.
            if let again = try Handle(self.current), again.inode != current.inode { continue }
            return others + [current]
        }
    }

    private func rotated() throws(FileError) -> [Handle] {
        guard Files.exists(directory) else { return [] }
        var handles: [Handle] = []
        for name in try Files.names(in: directory) where name.hasPrefix("\(attempt).log.") {
            if let handle = try Handle(directory + "/" + name) { handles.append(handle) }
        }
        // By the time of their last line: no assumption about how the writer names them.
        return handles.sorted { $0.modified < $1.modified }
    }

    /// Where the last `lines` lines begin: the files to read and the offset in the first of them. Reads backwards, and no
    /// more than it must.
    static func tail(_ files: [Handle], lines: Int) throws(FileError) -> (files: [Handle], offset: Int64) {
        guard lines > 0, !files.isEmpty else { return (files.suffix(1), files.last?.size ?? 0) }
        var missing = lines
        var first = true
        for (index, file) in files.enumerated().reversed() {
            var end = file.size
            while end > 0 {
                let start = max(0, end - 64 * 1024)
                let block = try file.read(at: start, upTo: Int(end - start))
                for at in block.indices.reversed() where block[at] == UInt8(ascii: "\n") {
                    // The newline that ends the last line begins no further one.
                    if first {
                        first = false
                        continue
                    }
                    missing -= 1
                    if missing == 0 { return (Array(files[index...]), start + Int64(at) + 1) }
                }
                end = start
            }
            // The file's first line has no newline before it.
            if file.size > 0 { missing -= 1 }
            if missing <= 0 { return (Array(files[index...]), 0) }
            first = true
        }
        return (files, 0)
    }
}
