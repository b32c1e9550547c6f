/// Attributes (type, length, value; padded to four bytes) as netlink(7) nests them.
struct NetlinkAttributes: Sendable {
    private(set) var writer = ByteWriter()

    var bytes: [UInt8] { writer.bytes }

    mutating func add(_ type: UInt16, _ value: some Sequence<UInt8>) {
        let start = writer.bytes.count
        writer.append(UInt16(0))
        writer.append(type)
        writer.append(value)
        writer.overwrite(at: start, with: UInt16(writer.bytes.count - start))
        writer.pad(to: 4)
    }

    mutating func add(_ type: UInt16, _ value: UInt32) { add(type, withUnsafeBytes(of: value) { Array($0) }) }
    mutating func add(_ type: UInt16, byte value: UInt8) { add(type, CollectionOfOne(value)) }
    mutating func add(_ type: UInt16, string: String) { add(type, Array(string.utf8) + [0]) }
    mutating func add(_ type: UInt16, _ address: IPv4Address) {
        add(type, withUnsafeBytes(of: address.rawValue.bigEndian) { Array($0) })
    }

    /// Attributes within an attribute.
    mutating func nest(_ type: UInt16, prefix: [UInt8] = [], _ build: (inout NetlinkAttributes) -> Void) {
        var inner = NetlinkAttributes()
        build(&inner)
        add(type, prefix + inner.bytes)
    }

    /// The attributes of a message, the last of a type winning; the flags in the type's two upper bits are cleared.
    static func parse(_ bytes: ArraySlice<UInt8>) -> [UInt16: ArraySlice<UInt8>] {
        var found: [UInt16: ArraySlice<UInt8>] = [:]
        each(bytes) { found[$0] = $1 }
        return found
    }

    /// The attributes of a list, all of one type.
    static func list(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var found: [ArraySlice<UInt8>] = []
        each(bytes) { found.append($1) }
        return found
    }

    private static func each(_ bytes: ArraySlice<UInt8>, _ body: (UInt16, ArraySlice<UInt8>) -> Void) {
        var reader = ByteReader(bytes)
        while let length = reader.read(UInt16.self), let type = reader.read(UInt16.self), length >= 4,
            let value = reader.take(Int(length) - 4)
        {
            body(type & 0x3fff, value)
            reader.skip((4 - Int(length) % 4) % 4)
        }
    }
}

extension ArraySlice<UInt8> {
    /// The text up to the terminating zero.
    var netlinkString: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
    var netlinkUInt32: UInt32? {
        var reader = ByteReader(self)
        return reader.read()
    }
}
