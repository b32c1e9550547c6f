import KubernetesAPI

/// Reads the resize stream: one JSON object `{"Width":80,"Height":24}` after another.
struct ResizeDecoder {
    /// Bytes of one object, at most.
    static let limit = 256

    private var pending: [UInt8] = []

    /// The sizes that are now complete. What is not such an object is dropped, as an unreadable size would be.
    mutating func append(_ bytes: [UInt8]) -> [(columns: Int, rows: Int)] {
        var sizes: [(columns: Int, rows: Int)] = []
        for byte in bytes {
            if pending.isEmpty && byte != UInt8(ascii: "{") { continue }
            pending.append(byte)
            if byte == UInt8(ascii: "}") {
                if let size = Self.size(pending) { sizes.append(size) }
                pending = []
            } else if pending.count > Self.limit {
                pending = []
            }
        }
        return sizes
    }

    private struct Size: Decodable {
        var width: UInt16
        var height: UInt16

        enum CodingKeys: String, CodingKey {
            case width = "Width"
            case height = "Height"
        }
    }

    private static func size(_ bytes: [UInt8]) -> (columns: Int, rows: Int)? {
        // A malformed size changes nothing: the terminal keeps the one it has.
        guard let size = try? JSON.decode(Size.self, from: bytes) else { return nil }
        return (Int(size.width), Int(size.height))
    }
}
