import Glibc

/// Writes the files of a configMap, secret, downwardAPI or projected volume so that a reader sees all the old ones or all
/// the new ones, never a mixture.
///
/// The files lie in a directory of their own, `..data` is a symlink to it, and what the container sees by name are symlinks
/// through `..data`. Renaming a new symlink over `..data` swaps everything at once.
/// Source: the layout that kubelet's atomic writer documents; programs that watch `..data` rely on it.
struct AtomicWriter {
    struct File: Equatable {
        var bytes: [UInt8]
        var mode: UInt32
    }

    var directory: String
    /// Applied to the new files before they become visible.
    var group: UInt32?

    /// - Parameters:
    ///   - files: by path relative to the volume; never absolute, never holding `..` (validation sees to it).
    ///   - version: names the hidden directory; must differ from the one before.
    /// - Returns: whether anything changed.
    @discardableResult
    func write(_ files: [String: File], version: String) throws -> Bool {
        let data = directory + "/..data"
        let old = readSymlink(data)
        let wanted = files.mapValues { file in
            guard group != nil else { return file }
            return File(bytes: file.bytes, mode: Ownership.mode(file.mode, isDirectory: false, readOnly: true))
        }
        if let old, try current(in: directory + "/" + old) == wanted { return false }

        let name = "..\(version)"
        let target = directory + "/" + name
        try Files.removeTree(target)
        try Files.makeDirectory(target)
        do {
            for (path, file) in files.sorted(by: { $0.key < $1.key }) {
                if let slash = path.lastIndex(of: "/") { try Files.makeDirectory(target + "/" + path[..<slash]) }
                try Files.write(file.bytes, to: target + "/" + path, mode: file.mode)
            }
            if let group { try Ownership.apply(to: target, group: group, readOnly: true) }
        } catch {
            // The caller hears of the failure; what was half written must not stay beside the old data.
            try? Files.removeTree(target)
            throw error
        }
        // Names that are new point through ..data before it is swapped: for a first write they dangle for that moment,
        // before the container exists.
        let visible = Set(files.keys.map { String($0.prefix { $0 != "/" }) })
        for name in visible where readSymlink(directory + "/" + name) != "..data/" + name {
            let link = directory + "/" + name
            try Files.removeTree(link)
            if symlink("..data/" + name, link) != 0 { throw FileError("symlink", link) }
        }
        let temporary = directory + "/..data_tmp"
        try Files.removeTree(temporary)
        if symlink(name, temporary) != 0 { throw FileError("symlink", temporary) }
        if rename(temporary, data) != 0 { throw FileError("rename", data) }

        for entry in try Files.names(in: directory)
        where !entry.hasPrefix("..") && !visible.contains(entry) || entry == old && old != name {
            try Files.removeTree(directory + "/" + entry)
        }
        return true
    }

    private func current(in root: String) throws -> [String: File] {
        var result: [String: File] = [:]
        var open = [""]
        while let prefix = open.popLast() {
            for name in try Files.names(in: root + "/" + prefix) {
                let path = prefix.isEmpty ? name : prefix + "/" + name
                var info = stat()
                if lstat(root + "/" + path, &info) != 0 { throw FileError("stat", root + "/" + path) }
                if info.st_mode & S_IFMT == S_IFDIR {
                    open.append(path)
                } else {
                    result[path] = File(bytes: try Files.read(root + "/" + path), mode: info.st_mode & 0o7777)
                }
            }
        }
        return result
    }

    private func readSymlink(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes {
            readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}
