/// Typed values to JSON bytes in one pass, in the order of the coding keys and with the keys of maps sorted: the same
/// object always gives the same bytes, so that bytes tell whether an update changes anything.
public enum JSON {
    /// - Throws: `EncodingError` for a number that is not finite, and whatever a type's `encode(to:)` throws.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONByteEncoder()
        encoder.writer.reserve(2048)
        try encoder.encode(value)
        return encoder.writer.bytes
    }

    /// Parses and decodes at once, for documents that need no check.
    /// - Throws: `JSONSyntaxError`, `JSONDecodingError`.
    public static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        try JSONParser.parse(bytes).value.decode(type)
    }
}

/// One encoder for a whole document: what is open stands in `frames`, and a container writes by its depth therein.
///
/// A class because every container appends to the same bytes. Members must come in the order in which the document shows
/// them, which all synthesized conformances keep; a container that goes on after its parent did is a programming error.
final class JSONByteEncoder: Encoder {
    var writer = JSONWriter()
    private var frames: [Frame] = []
    /// How many frames were open when the value being encoded began.
    private var base = 0

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    private struct Frame {
        var isArray: Bool
        var isEmpty = true
        /// Where the members of a map begin, which are sorted at its end; nil for a struct.
        var members: [(key: String, start: Int)]?
    }

    /// The coding key that the standard library uses for dictionaries: their order is random and must be made firm.
    private static let dictionaryKey: ObjectIdentifier? = {
        let probe = KeyProbe()
        // An integer always encodes; the key type that the probe saw is all that matters.
        try? ["": 0].encode(to: probe)
        return probe.key
    }()

    func encode(_ value: some Encodable) throws {
        let outer = base
        base = frames.count
        let start = writer.count
        try value.encode(to: self)
        close(to: base)
        if writer.count == start { writer.append(raw: "{}") }
        base = outer
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        // A second call for the same value goes on in the same object.
        if frames.count == base {
            writer.append(UInt8(ascii: "{"))
            let sorts = ObjectIdentifier(Key.self) == Self.dictionaryKey
            frames.append(Frame(isArray: false, members: sorts ? [] : nil))
        }
        return KeyedEncodingContainer(KeyedWriter<Key>(encoder: self, depth: base + 1))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if frames.count == base {
            writer.append(UInt8(ascii: "["))
            frames.append(Frame(isArray: true))
        }
        return ArrayWriter(encoder: self, depth: base + 1)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleWriter(encoder: self) }

    /// Ends what is open beyond `depth`.
    func close(to depth: Int) {
        while frames.count > depth {
            let frame = frames.removeLast()
            if let members = frame.members, members.count > 1 { sort(members) }
            writer.append(frame.isArray ? UInt8(ascii: "]") : UInt8(ascii: "}"))
        }
    }

    private func sort(_ members: [(key: String, start: Int)]) {
        let end = writer.count
        let pieces = members.indices.map { index in
            // The comma before the next member is no part of this one.
            (
                members[index].key,
                members[index].start..<(index + 1 < members.count ? members[index + 1].start - 1 : end)
            )
        }
        let sorted = pieces.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        writer.rearrange(sorted.map(\.1), from: members[0].start, separator: UInt8(ascii: ","))
    }

    func beginElement(_ depth: Int) {
        precondition(frames.count >= depth, "a JSON container was used after it was closed")
        close(to: depth)
        if frames[depth - 1].isEmpty {
            frames[depth - 1].isEmpty = false
        } else {
            writer.append(UInt8(ascii: ","))
        }
    }

    func beginMember(_ depth: Int, _ key: String) {
        beginElement(depth)
        frames[depth - 1].members?.append((key, writer.count))
        writer.append(string: key)
        writer.append(UInt8(ascii: ":"))
    }

    /// Begins a nested container in place of a value.
    func open(isArray: Bool) -> Int {
        writer.append(isArray ? UInt8(ascii: "[") : UInt8(ascii: "{"))
        frames.append(Frame(isArray: isArray))
        return frames.count
    }

    func write(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "JSON has no \(value)"))
        }
        writer.append(raw: value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)")
    }

    func write(_ value: Bool) { writer.append(raw: value ? "true" : "false") }
    func write(_ value: some FixedWidthInteger) { writer.append(raw: String(value)) }

    func writeAny<T: Encodable>(_ value: T) throws {
        if T.self == String.self {
            writer.append(string: value as! String)  // T is this very type.
        } else if T.self == [String: String].self {
            write(map: value as! [String: String])  // Likewise.
        } else if T.self == JSONValue.self {
            writer.append(value as! JSONValue)  // Likewise.
        } else {
            try encode(value)
        }
    }

    private func write(map: [String: String]) {
        writer.append(UInt8(ascii: "{"))
        let sorted = map.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (index, (key, value)) in sorted.enumerated() {
            if index > 0 { writer.append(UInt8(ascii: ",")) }
            writer.append(string: key)
            writer.append(UInt8(ascii: ":"))
            writer.append(string: value)
        }
        writer.append(UInt8(ascii: "}"))
    }
}

private struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: JSONByteEncoder
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: Key) { encoder.beginMember(depth, key.stringValue) }

    func encodeNil(forKey key: Key) throws {
        begin(key)
        encoder.writer.append(raw: "null")
    }
    func encode(_ value: Bool, forKey key: Key) throws {
        begin(key)
        encoder.write(value)
    }
    func encode(_ value: String, forKey key: Key) throws {
        begin(key)
        encoder.writer.append(string: value)
    }
    func encode(_ value: Double, forKey key: Key) throws {
        begin(key)
        try encoder.write(value)
    }
    func encode(_ value: Float, forKey key: Key) throws { try encode(Double(value), forKey: key) }
    func encode(_ value: Int, forKey key: Key) throws { integer(value, key) }
    func encode(_ value: Int8, forKey key: Key) throws { integer(value, key) }
    func encode(_ value: Int16, forKey key: Key) throws { integer(value, key) }
    func encode(_ value: Int32, forKey key: Key) throws { integer(value, key) }
    func encode(_ value: Int64, forKey key: Key) throws { integer(value, key) }
    func encode(_ value: UInt, forKey key: Key) throws { integer(value, key) }
    func encode(_ value: UInt8, forKey key: Key) throws { integer(value, key) }
    func encode(_ value: UInt16, forKey key: Key) throws { integer(value, key) }
    func encode(_ value: UInt32, forKey key: Key) throws { integer(value, key) }
    func encode(_ value: UInt64, forKey key: Key) throws { integer(value, key) }
    private func integer(_ value: some FixedWidthInteger, _ key: Key) {
        begin(key)
        encoder.write(value)
    }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        begin(key)
        try encoder.writeAny(value)
    }
    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        begin(key)
        return KeyedEncodingContainer(KeyedWriter<Nested>(encoder: encoder, depth: encoder.open(isArray: false)))
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        begin(key)
        return ArrayWriter(encoder: encoder, depth: encoder.open(isArray: true))
    }
    func superEncoder() -> any Encoder { preconditionFailure("API types are structs and have no super encoder") }
    func superEncoder(forKey key: Key) -> any Encoder { superEncoder() }
}

private struct ArrayWriter: UnkeyedEncodingContainer {
    let encoder: JSONByteEncoder
    let depth: Int
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }

    init(encoder: JSONByteEncoder, depth: Int) {
        self.encoder = encoder
        self.depth = depth
    }

    private mutating func begin() {
        encoder.beginElement(depth)
        count += 1
    }

    mutating func encodeNil() throws {
        begin()
        encoder.writer.append(raw: "null")
    }
    mutating func encode<T: Encodable>(_ value: T) throws {
        begin()
        try encoder.writeAny(value)
    }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        begin()
        return KeyedEncodingContainer(KeyedWriter<Nested>(encoder: encoder, depth: encoder.open(isArray: false)))
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        begin()
        return ArrayWriter(encoder: encoder, depth: encoder.open(isArray: true))
    }
    mutating func superEncoder() -> any Encoder {
        preconditionFailure("API types are structs and have no super encoder")
    }
}

private struct SingleWriter: SingleValueEncodingContainer {
    let encoder: JSONByteEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil() throws { encoder.writer.append(raw: "null") }
    func encode(_ value: Bool) throws { encoder.write(value) }
    func encode(_ value: String) throws { encoder.writer.append(string: value) }
    func encode(_ value: Double) throws { try encoder.write(value) }
    func encode(_ value: Float) throws { try encoder.write(Double(value)) }
    func encode(_ value: Int) throws { encoder.write(value) }
    func encode(_ value: Int8) throws { encoder.write(value) }
    func encode(_ value: Int16) throws { encoder.write(value) }
    func encode(_ value: Int32) throws { encoder.write(value) }
    func encode(_ value: Int64) throws { encoder.write(value) }
    func encode(_ value: UInt) throws { encoder.write(value) }
    func encode(_ value: UInt8) throws { encoder.write(value) }
    func encode(_ value: UInt16) throws { encoder.write(value) }
    func encode(_ value: UInt32) throws { encoder.write(value) }
    func encode(_ value: UInt64) throws { encoder.write(value) }
    func encode<T: Encodable>(_ value: T) throws { try encoder.writeAny(value) }
}

/// Sees which key type a value encodes itself with.
private final class KeyProbe: Encoder {
    var key: ObjectIdentifier?
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        key = ObjectIdentifier(Key.self)
        // A throwaway object takes the members; opened by hand, as `container(keyedBy:)` would ask for this probe's result.
        let encoder = JSONByteEncoder()
        return KeyedEncodingContainer(KeyedWriter<Key>(encoder: encoder, depth: encoder.open(isArray: false)))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { JSONByteEncoder().unkeyedContainer() }
    func singleValueContainer() -> any SingleValueEncodingContainer { JSONByteEncoder().singleValueContainer() }
}
