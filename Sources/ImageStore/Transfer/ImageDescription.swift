import FoundationEssentials

/// What a node tells another about an image that it holds: enough to fetch it in pieces from any node that holds it.
/// All that hold it tell the same, word for word.
///
/// The id is a digest of the config and the layers' digests, so these prove themselves. The pieces' digests are proved in
/// the end, by the layer's; until then they are the word of the node that gave them (docs/images.md).
public struct ImageDescription: Codable, Sendable, Equatable {
    public struct Layer: Codable, Sendable, Equatable {
        /// Hex SHA-256 of the uncompressed archive.
        public var digest: String
        /// Bytes of the uncompressed archive.
        public var size: Int64
        /// Hex SHA-256 of each 4 MiB of it.
        public var pieces: [String]
    }

    /// One piece of one layer.
    public struct Piece: Sendable, Hashable {
        var layer: Int
        var index: Int
        var digest: String
        /// What a node that holds it is asked for.
        public var path: String
    }

    public var id: String
    public var config: ImageConfig
    /// Top first.
    public var layers: [Layer]
    /// Bytes of file content, uncompressed.
    public var size: Int64

    /// Every piece, in the order of the archives.
    public var pieces: [Piece] {
        layers.enumerated().flatMap { number, layer in
            layer.pieces.enumerated().map { index, digest in
                Piece(
                    layer: number, index: index, digest: digest,
                    path: ImageExchange.path(ofPiece: index, layer: layer.digest))
            }
        }
    }

    /// Bytes of the answer that holds one, at most: an image of 500 GB.
    public static let limit = 16 << 20

    /// Reads what a node answered, and refuses what does not fit together.
    public init(_ answer: [UInt8], of id: String) throws(ImageError) {
        do { self = try JSONDecoder().decode(Self.self, from: Data(answer)) } catch {
            throw .falseImage(id: id, reason: "it is not described: \(error)")
        }
        try validate(id)
    }

    init(id: String, config: ImageConfig, layers: [Layer], size: Int64) {
        self.id = id
        self.config = config
        self.layers = layers
        self.size = size
    }

    private func validate(_ wanted: String) throws(ImageError) {
        func refuse(_ reason: String) -> ImageError { .falseImage(id: wanted, reason: reason) }
        guard id == wanted else { throw refuse("it is \(id)") }
        guard try Identity(config: config, layers: layers.map(\.digest)).imageID() == wanted else {
            throw refuse("config and layers have another digest")
        }
        try config.validate()
        guard size >= 0, (1...128).contains(layers.count) else { throw refuse("\(layers.count) layers") }
        for layer in layers {
            guard Self.isDigest(layer.digest), layer.pieces.allSatisfy(Self.isDigest) else {
                throw refuse("a digest is not 64 hex digits")
            }
            guard (1...(1 << 40)).contains(layer.size), layer.pieces.count == ArchiveList.count(size: layer.size) else {
                throw refuse("\(layer.pieces.count) pieces cannot make \(layer.size) bytes")
            }
        }
    }

    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

/// Which image a name means on one node, and since when.
public struct NamedImage: Codable, Sendable, Equatable {
    public var id: String
    /// When the name was given to it, on whichever node that was: microseconds since the epoch.
    public var time: Int64

    public init(id: String, time: Int64) {
        self.id = id
        self.time = time
    }

    public init(_ answer: [UInt8]) throws(ImageError) {
        do { self = try JSONDecoder().decode(Self.self, from: Data(answer)) } catch {
            throw .falseImage(id: "", reason: "\(error)")
        }
    }

    /// The later import wins; of two at the same microsecond the same one everywhere.
    public static func < (one: NamedImage, other: NamedImage) -> Bool { (one.time, one.id) < (other.time, other.id) }
}
