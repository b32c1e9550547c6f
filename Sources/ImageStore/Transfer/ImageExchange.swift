/// What a node answers to others that want its images. A function of the request's path: who may ask is decided by whoever
/// listens (the nodes' certificates), how it is sent too.
///
///     GET /images/v1/names/NAME:TAG                which image that name means here, and since when
///     GET /images/v1/images/sha256:ID              its description
///     GET /images/v1/layers/sha256:DIGEST/pieces/N one piece, a zstd frame of at most 4 MiB uncompressed
public struct ImageExchange: Sendable {
    public static let prefix = "/images/"

    /// Bytes of the answer that holds a piece, at most: what cannot be compressed grows a little.
    public static let pieceLimit = ArchiveList.pieceBytes + ArchiveList.pieceBytes / 256 + 1024

    public struct Answer: Sendable {
        /// An HTTP status.
        public var status: Int
        public var contentType: String
        public var body: Body
    }

    public enum Body: Sendable {
        case bytes([UInt8])
        /// To be read as it is sent, so that many readers cost no memory.
        case piece(StoredPiece)
    }

    private let store: ImageStore

    public init(_ store: ImageStore) { self.store = store }

    public static func path(ofName name: String) -> String { prefix + "v1/names/" + name }
    public static func path(ofImage id: String) -> String { prefix + "v1/images/" + id }
    static func path(ofPiece index: Int, layer: String) -> String {
        prefix + "v1/layers/sha256:\(layer)/pieces/\(index)"
    }

    /// Blocks for reading a small file; the body's own bytes are read with `BodyParts`.
    /// - Parameters:
    ///   - method: `GET`; anything else is refused.
    ///   - path: the request's, without a query.
    public func answer(_ method: String, _ path: String) -> Answer {
        guard method == "GET" else { return Self.refuse(405, "images can only be read: GET") }
        do throws(ImageError) {
            guard path.hasPrefix(Self.prefix + "v1/"),
                let (kind, rest) = Self.split(path.dropFirst(Self.prefix.utf8.count + 3))
            else { return Self.refuse(404, "\(path) is not a path of the image exchange, version 1") }
            switch kind {
            case "names":
                guard let named = try store.named(rest) else { return Self.refuse(404, "no image \(rest) here") }
                return Self.json(try CanonicalJSON.bytes(named))
            case "images":
                guard let description = try store.description(of: rest) else {
                    return Self.refuse(
                        404,
                        "no image \(rest) here, or one that was imported before images could be sent: import it again")
                }
                return Self.json(try CanonicalJSON.bytes(description))
            case "layers":
                let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 3, parts[0].hasPrefix("sha256:"), parts[1] == "pieces", let number = Int(parts[2]),
                    let piece = try store.piece(number, ofLayer: String(parts[0].dropFirst(7)))
                else { return Self.refuse(404, "no such piece here: \(path)") }
                return Answer(status: 200, contentType: "application/zstd", body: .piece(piece))
            default: return Self.refuse(404, "\(path) is not a path of the image exchange")
            }
        } catch {
            guard case .invalidName = error else { return Self.refuse(500, "\(error)") }
            return Self.refuse(404, "\(error)")
        }
    }

    private static func split(_ path: Substring) -> (String, String)? {
        guard let slash = path.firstIndex(of: "/") else { return nil }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    private static func json(_ body: [UInt8]) -> Answer {
        Answer(status: 200, contentType: "application/json", body: .bytes(body))
    }

    private static func refuse(_ status: Int, _ message: String) -> Answer {
        Answer(status: status, contentType: "text/plain; charset=utf-8", body: .bytes(Array((message + "\n").utf8)))
    }
}
