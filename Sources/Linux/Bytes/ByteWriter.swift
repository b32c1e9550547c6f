/// Builds a kernel message: integers in the machine's order (or the network's where it says so), padding, back-patching.
struct ByteWriter: Sendable {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value) { bytes += $0 } }
    mutating func append(bigEndian value: some FixedWidthInteger) { append(value.bigEndian) }
    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    mutating func pad(to alignment: Int) {
        while bytes.count % alignment != 0 { bytes.append(0) }
    }

    mutating func overwrite(at offset: Int, with value: some FixedWidthInteger) {
        withUnsafeBytes(of: value) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }
}
