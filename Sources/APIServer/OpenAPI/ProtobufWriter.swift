/// Writes protobuf's wire format: enough of it for messages of strings, booleans and other messages.
/// Source: protobuf.dev/programming-guides/encoding.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    mutating func field(_ number: UInt64, _ content: [UInt8]) {
        varint(number << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    /// An empty string is protobuf's default and is left out.
    mutating func field(_ number: UInt64, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        field(number, Array(text.utf8))
    }

    /// So is false.
    mutating func field(_ number: UInt64, _ value: Bool) {
        guard value else { return }
        varint(number << 3)
        bytes.append(1)
    }

    mutating func message(_ number: UInt64, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        field(number, inner.bytes)
    }
}
