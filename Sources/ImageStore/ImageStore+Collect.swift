import Glibc
import Logging

/// Removing names, images and layers, in the order that a crash between any two steps can be repaired.
extension ImageStore {
    /// Takes the name from its image; the image goes with its last name.
    /// - Throws: `ImageError.inUse` while a container holds a lease on an image that would go, `.notFound`.
    public func remove(_ name: String) throws(ImageError) {
        try StoreLock.hold(paths.lock) { () throws(ImageError) in
            var index = try ImageIndex.load(paths.index)
            guard let id = try resolve(name, in: index) else { throw .notFound(name: name) }
            let names = index.image(id)?.names ?? []
            // An id or a digest means the image, with all its names.
            let isID = name.hasPrefix("sha256:") || name.contains("@")
            let going = isID ? names : [try ImageName(name).description]
            if names == going {
                let holders = leases().filter { $0.imageID == id }.map(\.holder)
                guard holders.isEmpty else { throw .inUse(name: name, holders: holders) }
            }
            for name in going { index.take(name) }
            try saveAndCollect(&index)
        }
    }

    /// Saves the index without the images that lost their last name and have no user, then deletes their layers.
    /// Index first: a crash in between leaves a layer that nothing refers to, which `sweep` removes; the other order
    /// could leave an image without its layer. Call with the store lock held.
    func saveAndCollect(_ index: inout ImageIndex) throws(ImageError) {
        let layers = index.forget(index.unused(leased: Set(leases().map(\.imageID))))
        try index.save(paths.index, directory: paths.root)
        // A failure here must not fail the import that succeeded; the next sweep tries again.
        do { try discard(layers) } catch { logger.warning("old layers stay for now: \(error)") }
    }

    /// Moves layers out of sight in one step each, then deletes them.
    private func discard(_ layers: [String]) throws(ImageError) {
        guard !layers.isEmpty else { return }
        let workspace = try Workspace(in: paths.temporary)
        for layer in layers {
            for (directory, suffix) in [(paths.archives, ".archive"), (paths.layers, "")] {
                let path = directory + "/" + layer
                guard rename(path, workspace.path + "/" + layer + suffix) == 0 || errno == ENOENT else {
                    throw .system(operation: "remove", path: path, errno: errno)
                }
            }
        }
        try workspace.remove()
    }

    func newWorkspace() throws(ImageError) -> Workspace {
        try StoreLock.hold(paths.lock) { () throws(ImageError) in try Workspace(in: paths.temporary) }
    }

    /// Removes what a crash left: workspaces without an owner, layers that the index does not know, images without
    /// name and user.
    func sweep() throws(ImageError) {
        try StoreLock.hold(paths.lock) { () throws(ImageError) in
            try Workspace.sweep(paths.temporary)
            var index = try ImageIndex.load(paths.index)
            let leased = Set(leases().map(\.imageID))
            if !index.unused(leased: leased).isEmpty { try saveAndCollect(&index) }
            let found = try FileTree.names(in: paths.layers) + FileTree.names(in: paths.archives)
            try discard(Set(found).filter { index.layers[$0] == nil }.sorted())
        }
    }
}
