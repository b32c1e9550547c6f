/// Takes a message of protobuf's wire format apart.
/// Source: protobuf.dev/programming-guides/encoding.
struct ProtobufReader {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    struct Malformed: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field, or nil at the end of the message.
    mutating func next() throws(Malformed) -> (number: UInt64, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        let number = tag >> 3
        guard number > 0 else { throw Malformed(description: "a field has the number 0") }
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1:
            let bytes = try take(8)
            return (number, .fixed64(bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }))
        case 2:
            let length = try varint()
            guard length <= UInt64(rest.count) else { throw Malformed(description: "a field exceeds its message") }
            return (number, .bytes(try take(Int(length))))
        case let type: throw Malformed(description: "field \(number) has the wire type \(type)")
        }
    }

    /// One number of a packed list.
    mutating func nextVarint() throws(Malformed) -> UInt64? { rest.isEmpty ? nil : try varint() }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard rest.count >= count else { throw Malformed(description: "the message ends inside a field") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard let byte = rest.popFirst() else { throw Malformed(description: "the message ends inside a number") }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw Malformed(description: "a number has more than ten bytes")
    }
}
