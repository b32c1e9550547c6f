import FoundationEssentials

/// Bytes that are base64 text in JSON, as Go's encoding/json writes a `[]byte` (standard alphabet, padded).
public struct Base64Bytes: Codable, Sendable, Hashable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ text: String) { bytes = Array(text.utf8) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let data = Data(base64Encoded: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not base64 text")
        }
        bytes = Array(data)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Data(bytes).base64EncodedString())
    }

    /// The bytes as text; invalid UTF-8 is replaced, as a Go string conversion shows it.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
