/// Why bytes are not a message.
enum WireError: Error {
    /// A field goes beyond the end.
    case truncated
    /// A length beyond what any message has.
    case tooLong
    /// Fewer descriptors came than the header says.
    case missingDescriptors
}

/// Takes the body of a message apart. What follows the fields that this version knows is left unread: a newer peer may
/// have added to it.
struct ByteReader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    mutating func u16() throws(WireError) -> UInt16 { try integer() }
    mutating func u32() throws(WireError) -> UInt32 { try integer() }
    mutating func i32() throws(WireError) -> Int32 { Int32(bitPattern: try u32()) }
    mutating func i64() throws(WireError) -> Int64 {
        let raw: UInt64 = try integer()
        return Int64(bitPattern: raw)
    }

    mutating func string() throws(WireError) -> [UInt8] {
        let length = Int(try u32())
        if length > end - position { throw .truncated }
        defer { position += length }
        return [UInt8](bytes[position..<position + length])
    }

    private mutating func integer<Value: FixedWidthInteger & UnsignedInteger>() throws(WireError) -> Value {
        let size = Value.bitWidth / 8
        if size > end - position { throw .truncated }
        var value: Value = 0
        for index in 0..<size { value |= Value(bytes[position + index]) << Value(8 * index) }
        position += size
        return value
    }
}
