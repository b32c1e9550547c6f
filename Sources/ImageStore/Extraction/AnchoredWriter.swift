import CLinux
import Glibc

/// Writes entries below one directory and nowhere else.
///
/// Every name is resolved by the kernel from the root's descriptor with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS
/// (openat2(2)): an entry that would pass through a symbolic link of the archive is refused, wherever that link leads.
/// The last component is never followed (O_NOFOLLOW, O_EXCL, AT_SYMLINK_NOFOLLOW).
struct AnchoredWriter: ~Copyable {
    private let root: Descriptor
    private let archivePath: String
    /// The directory of the last entry, kept open: archives list a directory's files together.
    private var parent: (path: EntryPath, descriptor: Int32)?
    /// Modes and times of directories, set at the end: writing into a directory changes its time, and one that is not
    /// writable could not be filled (by an unprivileged test; root does not care).
    private var directories: [EntryPath: (mode: UInt32, modified: TarEntry.Timestamp)] = [:]
    /// Devices that the kernel did not let us make.
    private(set) var missingDevices: [String] = []

    init(root: consuming Descriptor, archivePath: String) {
        self.root = root
        self.archivePath = archivePath
    }

    deinit { if let parent { close(parent.descriptor) } }

    /// Takes bytes for an offset of the file being written.
    typealias Sink = (Int64, UnsafeRawBufferPointer) throws(ImageError) -> Void

    /// `content` is called for a regular file.
    mutating func write(
        _ entry: TarEntry, content: (Sink) throws(ImageError) -> Void
    ) throws(ImageError) {
        if entry.path.isRoot {
            try finishDirectory(entry, descriptor: root.raw)
            return
        }
        let directory = try openParent(of: entry)
        let name = entry.path.name
        switch entry.kind {
        case .directory: try writeDirectory(entry, in: directory, name)
        case .regular(let size):
            let file = Descriptor(owning: try create(entry, in: directory, name))
            try content { (offset, bytes) throws(ImageError) in
                try Self.write(bytes, to: file.raw, at: offset) { system($0, entry) }
            }
            guard ftruncate(file.raw, Int(size)) == 0 else { throw system("write", entry) }
            try setMetadata(entry, file: file.raw)
        case .symlink(let target):
            let target = target + [0]
            try replacing(entry, in: directory, name) {
                target.withCString { to in name.withCString { symlinkat(to, directory, $0) } }
            }
            try setMetadata(entry, in: directory, name)
        case .hardLink(let target): try link(entry, to: target, in: directory, name)
        case .fifo:
            try replacing(entry, in: directory, name) { name.withCString { mkfifoat(directory, $0, 0o600) } }
            try setMetadata(entry, in: directory, name)
        case .device(let character, let major, let minor):
            let type = character ? S_IFCHR : S_IFBLK
            do {
                try replacing(entry, in: directory, name) {
                    name.withCString { mknodat(directory, $0, type | 0o600, clinux_makedev(major, minor)) }
                }
            } catch ImageError.system(_, _, let code) where code == EPERM {
                // In a user namespace nobody may; containers have their own /dev anyway.
                missingDevices.append(entry.path.text)
                return
            }
            try setMetadata(entry, in: directory, name)
        }
    }

    /// Sets what only the end can set; call it once, after the last entry.
    mutating func finish() throws(ImageError) {
        // Deepest first: a parent may turn out not to be searchable.
        for (path, attributes) in directories.sorted(by: { $0.key.components.count > $1.key.components.count }) {
            let raw = path.cString.withCString {
                clinux_openat2(
                    root.raw, $0, UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0, clinux_resolve_beneath_no_symlinks)
            }
            guard raw >= 0 else { throw system("open directory", path, errno) }
            let directory = Descriptor(owning: raw)
            guard fchmod(directory.raw, attributes.mode) == 0 else { throw system("set the mode of", path, errno) }
            try setTime(attributes.modified, path) { futimens(directory.raw, $0) }
        }
        directories = [:]
    }

    // MARK: - Where an entry goes

    private mutating func openParent(of entry: TarEntry) throws(ImageError) -> Int32 {
        let path = entry.path.parent
        if path.isRoot { return root.raw }
        if let parent, parent.path == path { return parent.descriptor }
        if let parent { close(parent.descriptor) }
        parent = nil
        var descriptor = openDirectory(path)
        if descriptor < 0, errno == ENOENT {
            try makeMissingDirectories(path, for: entry)
            descriptor = openDirectory(path)
        }
        guard descriptor >= 0 else {
            switch errno {
            case ELOOP: throw refuse(entry, "it passes through a symbolic link of the archive")
            case ENOTDIR: throw refuse(entry, "a part of its path is not a directory")
            default: throw system("open the directory of", entry)
            }
        }
        parent = (path, descriptor)
        return descriptor
    }

    private func openDirectory(_ path: EntryPath) -> Int32 {
        path.cString.withCString {
            clinux_openat2(
                root.raw, $0, clinux_o_path | UInt64(O_DIRECTORY | O_CLOEXEC), 0, clinux_resolve_beneath_no_symlinks)
        }
    }

    /// Archives may leave out directories (`tar -T list`); they become root's, mode 0755, as tar would make them.
    private mutating func makeMissingDirectories(_ path: EntryPath, for entry: TarEntry) throws(ImageError) {
        for length in 1...path.components.count {
            let partial = EntryPath(components: Array(path.components.prefix(length)))
            let existing = openDirectory(partial)
            if existing >= 0 {
                close(existing)
                continue
            }
            guard errno == ENOENT else { return }
            let above = openDirectory(partial.parent)
            guard above >= 0 else { throw system("open the directory of", entry) }
            let directory = Descriptor(owning: above)
            guard partial.name.withCString({ mkdirat(directory.raw, $0, 0o755) }) == 0 else {
                throw system("create the directory of", entry)
            }
        }
    }

    // MARK: - Making entries

    /// Runs `make`; when the name is taken by an earlier entry that is no directory, that one is replaced, as a tar
    /// archive that was appended to asks for.
    private func replacing(
        _ entry: TarEntry, in directory: Int32, _ name: [UInt8], make: () -> Int32
    ) throws(ImageError) {
        if make() == 0 { return }
        guard errno == EEXIST else { throw system("create", entry) }
        guard name.withCString({ unlinkat(directory, $0, 0) }) == 0 else {
            if errno == EISDIR { throw refuse(entry, "an earlier entry of that name is a directory") }
            throw system("replace", entry)
        }
        guard make() == 0 else { throw system("create", entry) }
    }

    private func create(_ entry: TarEntry, in directory: Int32, _ name: [UInt8]) throws(ImageError) -> Int32 {
        var file: Int32 = -1
        try replacing(entry, in: directory, name) {
            file = name.withCString {
                openat(directory, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            }
            return file < 0 ? -1 : 0
        }
        return file
    }

    private mutating func writeDirectory(_ entry: TarEntry, in parent: Int32, _ name: [UInt8]) throws(ImageError) {
        let made = name.withCString { mkdirat(parent, $0, 0o700) }
        guard made == 0 || errno == EEXIST else { throw system("create directory", entry) }
        let opened = name.withCString { openat(parent, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
        guard opened >= 0 else {
            if errno == ENOTDIR || errno == ELOOP {
                throw refuse(entry, "an earlier entry of that name is not a directory")
            }
            throw system("open directory", entry)
        }
        let directory = Descriptor(owning: opened)
        try finishDirectory(entry, descriptor: directory.raw)
    }

    private mutating func finishDirectory(_ entry: TarEntry, descriptor: Int32) throws(ImageError) {
        try setOwner(entry, file: descriptor)
        try setAttributes(entry, file: descriptor)
        directories[entry.path] = (entry.mode, entry.modified)
    }

    private func link(
        _ entry: TarEntry, to target: EntryPath, in directory: Int32, _ name: [UInt8]
    ) throws(ImageError) {
        let above = openDirectory(target.parent)
        guard above >= 0 else {
            throw refuse(
                entry,
                errno == ELOOP
                    ? "its hard link target \"\(target.text)\" passes through a symbolic link of the archive"
                    : "its hard link target \"\(target.text)\" is not in the archive")
        }
        let targetDirectory = Descriptor(owning: above)
        let targetName = target.name
        var code: Int32 = 0
        do {
            try replacing(entry, in: directory, name) {
                // Without AT_SYMLINK_FOLLOW a symbolic link is linked itself, not what it points to.
                let result = targetName.withCString { from in
                    name.withCString { to in linkat(targetDirectory.raw, from, directory, to, 0) }
                }
                code = result == 0 ? 0 : errno
                errno = code
                return result
            }
        } catch ImageError.system where code == ENOENT {
            throw refuse(entry, "its hard link target \"\(target.text)\" is not in the archive")
        } catch ImageError.system where code == EPERM || code == EISDIR {
            throw refuse(entry, "its hard link target \"\(target.text)\" is a directory")
        }
    }

    // MARK: - Errors

    private func refuse(_ entry: TarEntry, _ reason: String) -> ImageError {
        .refusedEntry(path: archivePath, entry: entry.path.text, reason: reason)
    }

    func system(_ operation: String, _ entry: TarEntry) -> ImageError { system(operation, entry.path, errno) }

    func system(_ operation: String, _ path: EntryPath, _ code: Int32) -> ImageError {
        if code == ENOSPC || code == EDQUOT {
            return .noSpace(path: archivePath, detail: "the disk filled up while writing \"\(path.text)\"")
        }
        return .system(operation: "\(operation) \"\(path.text)\" of", path: archivePath, errno: code)
    }
}
