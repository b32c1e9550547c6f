import Glibc

/// Who uses which image. A lease is an empty file: it outlives the daemon, as the container does. It is not fsynced:
/// after a power cut no container runs.
extension ImageStore {
    public struct Lease: Sendable, Hashable {
        public var imageID: String
        public var holder: String
    }

    /// Keeps the image and its layers until `release`, also when its names go to another image. Doing it twice is
    /// doing it once. `holder` is a file name that tells the user who it is (`<pod uid>_<container id>`).
    /// - Throws: `ImageError.notFound` when the image has gone; find it by name again.
    public func lease(_ imageID: String, holder: String) throws(ImageError) {
        try StoreLock.hold(paths.lock) { () throws(ImageError) in
            try takeLease(imageID, holder, index: try ImageIndex.load(paths.index))
        }
    }

    /// `find` and `lease` in one step, so that no import or removal comes between. Nil when there is no such image.
    public func lease(named name: String, holder: String) throws(ImageError) -> Image? {
        try StoreLock.hold(paths.lock) { () throws(ImageError) -> Image? in
            let index = try ImageIndex.load(paths.index)
            guard let id = try resolve(name, in: index) else { return nil }
            try takeLease(id, holder, index: index)
            return index.image(id)
        }
    }

    private func takeLease(_ id: String, _ holder: String, index: ImageIndex) throws(ImageError) {
        guard index.images[id] != nil else { throw .notFound(name: id) }
        try Self.check(holder)
        let directory = directory(of: id)
        try FileTree.makeDirectory(directory)
        let file = open(directory + "/" + holder, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system(operation: "create", path: directory + "/" + holder, errno: errno) }
        close(file)
    }

    /// Ends a lease; no error when there is none. An image that lost its names meanwhile goes with its last lease.
    public func release(_ imageID: String, holder: String) throws(ImageError) {
        try Self.check(holder)
        let directory = directory(of: imageID)
        try StoreLock.hold(paths.lock) { () throws(ImageError) in
            guard unlink(directory + "/" + holder) == 0 else {
                if errno == ENOENT { return }
                throw .system(operation: "remove", path: directory + "/" + holder, errno: errno)
            }
            guard rmdir(directory) == 0 else {
                if errno == ENOTEMPTY || errno == EEXIST { return }
                throw .system(operation: "remove", path: directory, errno: errno)
            }
            var index = try ImageIndex.load(paths.index)
            if index.images[imageID] != nil, !index.names.values.contains(imageID) { try saveAndCollect(&index) }
        }
    }

    /// Every lease, for sweeping those whose container is gone.
    public func leases() -> [Lease] {
        // A directory that vanishes between the two listings had its last lease released: no lease is missed.
        let images = (try? FileTree.names(in: paths.references)) ?? []
        return images.flatMap { image in
            ((try? FileTree.names(in: paths.references + "/" + image)) ?? [])
                .map { Lease(imageID: "sha256:" + image, holder: $0) }
        }
    }

    private func directory(of imageID: String) -> String {
        paths.references + "/" + (imageID.hasPrefix("sha256:") ? String(imageID.dropFirst(7)) : imageID)
    }

    private static func check(_ holder: String) throws(ImageError) {
        guard !holder.isEmpty, holder.utf8.count <= 255, !holder.hasPrefix("."), !holder.utf8.contains(0),
            !holder.contains("/")
        else {
            throw .invalidName(holder, reason: "the holder of a lease must be a file name")
        }
    }
}
