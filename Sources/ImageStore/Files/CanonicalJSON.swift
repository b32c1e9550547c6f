import FoundationEssentials

enum CanonicalJSON {
    /// The same value always gives the same bytes: the image id is a digest of them.
    static func bytes(_ value: some Encodable) throws(ImageError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(value)) } catch {
            throw .invalidConfig(reason: "it cannot be written as JSON: \(error)")
        }
    }
}
