/// The store as a source for other nodes, and as what they fill.
extension ImageStore {
    /// Which image a name means, and since when; nil when none.
    /// - Throws: `ImageError.invalidName`.
    public func named(_ name: String) throws(ImageError) -> NamedImage? {
        let index = try ImageIndex.load(paths.index)
        guard let id = try resolve(name, in: index) else { return nil }
        if name.contains("@") || name.hasPrefix("sha256:") {
            return NamedImage(id: id, time: index.images[id]?.created ?? 0)
        }
        return NamedImage(id: id, time: index.time(ofName: try ImageName(name).description))
    }

    /// Nil when there is no such image, or one whose archive is not kept.
    func description(of id: String) throws(ImageError) -> ImageDescription? {
        let index = try ImageIndex.load(paths.index)
        guard let record = index.images[id] else { return nil }
        var layers: [ImageDescription.Layer] = []
        for name in record.layers {
            guard let layer = index.layers[name], layer.archive != nil,
                let list = try ArchiveList.load(paths.archives + "/" + name)
            else { return nil }
            layers.append(.init(digest: layer.digest, size: list.size, pieces: list.pieces.map(\.digest)))
        }
        return ImageDescription(
            id: id, config: record.config, layers: layers, size: record.size)
    }

    /// A piece as it is stored; nil when there is none. A layer that is removed meanwhile is none.
    func piece(_ number: Int, ofLayer digest: String) throws(ImageError) -> StoredPiece? {
        guard ImageDescription.isDigest(digest) else { return nil }
        let name = try ImageIndex.load(paths.index).layerName(digest: digest)
        let directory = paths.archives + "/" + name
        guard let list = try ArchiveList.load(directory), list.pieces.indices.contains(number) else { return nil }
        return try StoredPiece(directory, list.pieces[number])
    }

    /// Takes an image from other nodes: give every piece to what is returned, then `finish` it.
    ///
    /// - Throws: `ImageError.noSpace` when the disk cannot hold it.
    public func receive(_ description: ImageDescription) throws(ImageError) -> ImageReception {
        try ImageReception(self, description)
    }

    /// Gives a name to an image that is here, as another node's import at `time` did; nothing when a later time gave it
    /// to another.
    /// - Throws: `ImageError.notFound` when the image has gone.
    public func give(_ name: String, to id: String, at time: Int64) throws(ImageError) -> Image {
        let name = try Self.key(name)
        return try StoreLock.hold(paths.lock) { () throws(ImageError) in
            var index = try ImageIndex.load(paths.index)
            guard index.images[id] != nil else { throw .notFound(name: id) }
            let known = index.names[name].map { NamedImage(id: $0, time: index.time(ofName: name)) }
            if known.map({ $0 < NamedImage(id: id, time: time) }) ?? true {
                index.give(name, to: id, at: time)
                try saveAndCollect(&index)
            }
            guard let image = index.image(id) else { throw .notFound(name: id) }
            return image
        }
    }

    /// What a name is in the index: normalised, with the digest where it has one. `nginx@sha256:...` is a name too: it is
    /// what keeps an image that was asked for by its digest.
    /// - Throws: `ImageError.invalidName`.
    public static func key(_ name: String) throws(ImageError) -> String {
        guard let at = name.firstIndex(of: "@") else { return try ImageName(name).description }
        return try ImageName(String(name[..<at])).repository + name[at...]
    }

    /// `registry:5000/nginx` of a normalised `registry:5000/nginx:1.16`.
    public static func repository(of name: String) -> String {
        String(name[..<(name.lastIndex(of: ":") ?? name.endIndex)])
    }
}
