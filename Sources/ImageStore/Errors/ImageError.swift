/// Why an image could not be imported, found, used or removed. The text is what the user reads.
public enum ImageError: Error, Sendable, Equatable, CustomStringConvertible {
    case invalidName(String, reason: String)
    case invalidConfig(reason: String)
    case notFound(name: String)
    /// `holders` are the containers that hold a lease.
    case inUse(name: String, holders: [String])
    /// The file is not what it should be: not a tar archive, truncated, damaged.
    case invalidArchive(path: String, reason: String)
    /// One entry of the archive is refused; nothing of the archive is kept.
    case refusedEntry(path: String, entry: String, reason: String)
    case noSpace(path: String, detail: String)
    case system(operation: String, path: String, errno: Int32)
    case damagedStore(path: String, reason: String)
    /// A piece of an archive from another node is not what it should be.
    case damagedPiece(reason: String)
    /// Another node's description of an image contradicts itself, or what came is not the image.
    case falseImage(id: String, reason: String)

    public var description: String {
        switch self {
        case .invalidName(let name, let reason): "invalid image name \"\(name)\": \(reason)"
        case .invalidConfig(let reason): "invalid image config: \(reason)"
        case .notFound(let name):
            "image \"\(name)\" not found; import it with: swiftlet image import \(name) FILE"
        case .inUse(let name, let holders):
            "image \"\(name)\" is in use by \(holders.joined(separator: ", ")); "
                + "delete the pods that run it first"
        case .invalidArchive(let path, let reason): "\(path): \(reason)"
        case .refusedEntry(let path, let entry, let reason): "\(path): entry \"\(entry)\" refused: \(reason)"
        case .noSpace(let path, let detail):
            "\(path): not enough space (\(detail)); nothing was kept. Free some space or use a larger disk"
        case .system(let operation, let path, let errno): "\(operation) \(path): \(errorText(errno))"
        case .damagedStore(let path, let reason):
            "\(path): the image store's index cannot be read (\(reason)); "
                + "move the image-store directory away and import the images again"
        case .damagedPiece(let reason): "a piece of the image is damaged: \(reason)"
        case .falseImage(let id, let reason): "what was sent as image \(id) is not that image: \(reason)"
        }
    }

    /// Whether the same file will fail the same way next time: what is remembered of a dropped file.
    var isPermanent: Bool {
        switch self {
        case .invalidName, .invalidConfig, .invalidArchive, .refusedEntry, .damagedPiece, .falseImage: true
        case .notFound, .inUse, .noSpace, .system, .damagedStore: false
        }
    }
}
