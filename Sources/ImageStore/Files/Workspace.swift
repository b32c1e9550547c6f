import Glibc

/// A directory below `tmp` that belongs to a living process: it holds a lock on it, so that a sweep can tell the
/// left-overs of a crash from work under way.
struct Workspace: ~Copyable {
    let path: String
    private let name: String
    private let parent: Descriptor
    private let lock: Descriptor

    /// Call with the store lock held: between mkdir and flock the directory looks like a left-over.
    init(in directory: String) throws(ImageError) {
        let parent = try Descriptor(directory: directory)
        var number = 0
        while mkdirat(parent.raw, "\(getpid())-\(number)", 0o700) != 0 {
            guard errno == EEXIST else {
                throw errno == ENOSPC
                    ? .noSpace(path: directory, detail: "the disk is full")
                    : .system(operation: "create a directory in", path: directory, errno: errno)
            }
            number += 1
        }
        let name = "\(getpid())-\(number)"
        let path = directory + "/" + name
        let lock = try Descriptor(directory: path)
        guard flock(lock.raw, LOCK_EX | LOCK_NB) == 0 else {
            throw .system(operation: "lock", path: path, errno: errno)
        }
        self.parent = parent
        self.name = name
        self.path = path
        self.lock = lock
    }

    /// Where layers and their archives are made, by their number in the image.
    func rootfs(_ number: Int) -> String { path + "/rootfs-\(number)" }
    func archive(_ number: Int) -> String { path + "/archive-\(number)" }

    /// Removes it with everything in it. (Not in deinit: removal can fail, and the caller decides what that means.)
    func remove() throws(ImageError) { try FileTree.remove(name, in: parent, path: path) }

    /// Removes the workspaces whose owners died. Call with the store lock held.
    static func sweep(_ directory: String) throws(ImageError) {
        let parent = try Descriptor(directory: directory)
        for name in try FileTree.names(in: directory) {
            let raw = openat(parent.raw, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard raw >= 0 else { continue }  // gone meanwhile
            let found = Descriptor(owning: raw)
            guard flock(found.raw, LOCK_EX | LOCK_NB) == 0 else { continue }
            try FileTree.remove(name, in: parent, path: directory + "/" + name)
        }
    }
}
