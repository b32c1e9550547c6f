/// Names and values of one header block, uncompressed. A name may carry several values.
/// Source: draft 3.1, section 2.6.10.
struct SPDYHeaders: Equatable, Sendable {
    var fields: [(name: String, values: [String])]

    init(_ fields: [(name: String, values: [String])] = []) { self.fields = fields }

    /// The first value of a name. Names are lower case on the wire.
    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.values.first }

    static func == (a: Self, b: Self) -> Bool {
        a.fields.count == b.fields.count
            && zip(a.fields, b.fields).allSatisfy { $0.name == $1.name && $0.values == $1.values }
    }

    /// Names in one block, at most: exec sends one.
    private static let countLimit = 64

    init(block: [UInt8]) throws(SPDYError) {
        var at = 0
        func length() throws(SPDYError) -> Int {
            guard block.count - at >= 4 else { throw .headerBlockCorrupt("ends inside a length") }
            let value =
                UInt32(block[at]) << 24 | UInt32(block[at + 1]) << 16 | UInt32(block[at + 2]) << 8
                | UInt32(block[at + 3])
            at += 4
            return Int(value)
        }
        func text() throws(SPDYError) -> ArraySlice<UInt8> {
            let count = try length()
            guard count <= block.count - at else { throw .headerBlockCorrupt("a string exceeds the block") }
            defer { at += count }
            return block[at..<(at + count)]
        }
        func string(_ bytes: ArraySlice<UInt8>) throws(SPDYError) -> String {
            guard let string = String(validating: bytes, as: UTF8.self) else {
                throw .headerBlockCorrupt("a string is not UTF-8")
            }
            return string
        }
        let count = try length()
        guard count <= Self.countLimit else { throw .headerBlockCorrupt("\(count) names") }
        fields = []
        for _ in 0..<count {
            let name = try string(try text())
            guard !name.isEmpty else { throw .headerBlockCorrupt("an empty name") }
            guard self[name] == nil else { throw .headerBlockCorrupt("\(name) twice") }
            var values: [String] = []
            for value in try text().split(separator: 0, omittingEmptySubsequences: false) {
                values.append(try string(value))
            }
            fields.append((name, values))
        }
        guard at == block.count else { throw .headerBlockCorrupt("bytes behind the last value") }
    }

    var block: [UInt8] {
        var bytes: [UInt8] = []
        func write(_ value: Int) {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        write(fields.count)
        for (name, values) in fields {
            write(name.utf8.count)
            bytes += name.utf8
            let value = Array(values.map { Array($0.utf8) }.joined(separator: [0]))
            write(value.count)
            bytes += value
        }
        return bytes
    }
}
