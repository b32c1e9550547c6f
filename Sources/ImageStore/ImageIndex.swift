import FoundationEssentials

/// What the store knows: one small file, replaced as a whole, so that a reader needs no lock.
struct ImageIndex: Codable, Sendable, Equatable {
    var version = 1
    /// By image id.
    var images: [String: Record] = [:]
    /// Normalised name to image id.
    var names: [String: String] = [:]
    /// When each name was given to its image, on whichever node that was: microseconds since the epoch. A name that is
    /// missing was given before this was kept: then when its image was made.
    var named: [String: Int64]?
    /// By directory name below `layers`.
    var layers: [String: Layer] = [:]
    /// What was found in the drop directory, by path relative to it.
    var dropped: [String: Dropped] = [:]

    struct Record: Codable, Sendable, Equatable {
        var config: ImageConfig
        /// Top first.
        var layers: [String]
        var size: Int64
        var created: Int64
    }

    struct Layer: Codable, Sendable, Equatable {
        /// Hex SHA-256 of the uncompressed archive.
        var digest: String
        var size: Int64
        /// Bytes on disk of its archive in pieces; nil when it was imported before archives were kept.
        var archive: Int64?
    }

    struct Dropped: Codable, Sendable, Equatable {
        /// Identity of the file and its sidecar: when it differs, the file is looked at again.
        var fingerprint: String
        /// Why it was refused; nil when it was imported.
        var failure: String?
    }

    init() {}

    func image(_ id: String) -> Image? {
        guard let record = images[id] else { return nil }
        let names = names.filter { $0.value == id }.keys.sorted()
        return Image(
            id: id, names: names, config: record.config, layers: record.layers, size: record.size,
            created: record.created)
    }

    func time(ofName name: String) -> Int64 { named?[name] ?? names[name].flatMap { images[$0]?.created } ?? 0 }

    mutating func give(_ name: String, to id: String, at time: Int64) {
        names[name] = id
        named = (named ?? [:]).merging([name: time]) { $1 }
    }

    mutating func take(_ name: String) {
        names[name] = nil
        named?[name] = nil
    }

    /// The directory for a layer: the first 16 digits of its digest, because the names of all layers of an overlay
    /// must fit one page of mount options; more digits when another layer has those.
    func layerName(digest: String) -> String {
        var length = 16
        while let other = layers[String(digest.prefix(length))], other.digest != digest, length < digest.utf8.count {
            length += 8
        }
        return String(digest.prefix(length))
    }

    /// Images that nobody can ask for any more and nobody uses.
    func unused(leased: Set<String>) -> [String] {
        let named = Set(names.values)
        return images.keys.filter { !named.contains($0) && !leased.contains($0) }.sorted()
    }

    /// Forgets images and, with them, layers that no other image has. Returns those layers.
    mutating func forget(_ ids: [String]) -> [String] {
        for id in ids { images[id] = nil }
        let needed = Set(images.values.flatMap(\.layers))
        let gone = layers.keys.filter { !needed.contains($0) }.sorted()
        for layer in gone { layers[layer] = nil }
        return gone
    }

    static func load(_ path: String) throws(ImageError) -> ImageIndex {
        guard let bytes = try AtomicFile.read(path) else { return ImageIndex() }
        do {
            let index = try JSONDecoder().decode(ImageIndex.self, from: Data(bytes))
            guard index.version == 1 else {
                throw ImageError.damagedStore(path: path, reason: "version \(index.version) is newer than this program")
            }
            return index
        } catch let error as ImageError {
            throw error
        } catch {
            throw .damagedStore(path: path, reason: "\(error)")
        }
    }

    func save(_ path: String, directory: String) throws(ImageError) {
        try AtomicFile.replace(path, with: try CanonicalJSON.bytes(self), directory: directory)
    }
}
