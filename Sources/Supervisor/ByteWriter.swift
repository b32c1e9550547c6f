/// Builds the body of a message: little-endian integers, byte strings after their length.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func u16(_ value: UInt16) { integer(value) }
    mutating func u32(_ value: UInt32) { integer(value) }
    mutating func i32(_ value: Int32) { integer(UInt32(bitPattern: value)) }
    mutating func i64(_ value: Int64) { integer(UInt64(bitPattern: value)) }

    mutating func string(_ value: [UInt8]) {
        u32(UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    private mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
        var rest = value
        for _ in 0..<(Value.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
