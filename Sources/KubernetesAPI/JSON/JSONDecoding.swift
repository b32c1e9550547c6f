/// Why a checked document still is not the type: what only the type itself can tell (a quantity, a time).
public struct JSONDecodingError: Error, Sendable, CustomStringConvertible {
    /// `spec.containers[0].resources.limits.cpu`.
    public internal(set) var path: String
    public let message: String

    public var description: String { path.isEmpty ? message : "\(path): \(message)" }

    init(_ message: String, path: String = "") {
        self.message = message
        self.path = path
    }

    /// Whatever a type's `init(from:)` threw, seen from one level further up.
    init(_ error: any Error, under element: String) {
        switch error {
        case let error as JSONDecodingError:
            message = error.message
            path =
                element.isEmpty || error.path.isEmpty || error.path.hasPrefix("[")
                ? element + error.path : element + "." + error.path
        case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context):
            message = context.debugDescription
            path = element
        default:
            message = String(describing: error)
            path = element
        }
    }
}

extension JSONValue {
    /// The typed object that this tree describes.
    ///
    /// Our own bridge from tree to type: the API parses into a tree anyway, to check it, and FoundationEssentials' decoder
    /// could only start again from bytes.
    public func decode<T: Decodable>(_ type: T.Type) throws(JSONDecodingError) -> T {
        do {
            return try T(from: JSONValueDecoder(value: self))
        } catch {
            throw JSONDecodingError(error, under: "")
        }
    }
}

/// Paths are added only while an error travels up, so a decoding that succeeds pays nothing for them; `codingPath` is empty.
struct JSONValueDecoder: Decoder {
    let value: JSONValue
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let object) = value else { throw mismatch("object") }
        return KeyedDecodingContainer(KeyedReader<Key>(object))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let array) = value else { throw mismatch("array") }
        return ArrayReader(array)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleReader(value: value) }

    func mismatch(_ wanted: String) -> JSONDecodingError { value.mismatch(wanted) }
}

extension JSONValue {
    fileprivate func mismatch(_ wanted: String) -> JSONDecodingError {
        JSONDecodingError("expected \(wanted), found \(kindName)")
    }

    fileprivate func decodeString() throws -> String {
        guard case .string(let text) = self else { throw mismatch("string") }
        return text
    }

    fileprivate func decodeBool() throws -> Bool {
        guard case .bool(let flag) = self else { throw mismatch("bool") }
        return flag
    }

    fileprivate func decodeInteger<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
        guard case .number(let number) = self else { throw mismatch("number") }
        guard let value = T(number.text) else { throw JSONDecodingError("number \(number.text) is no \(T.self)") }
        return value
    }

    fileprivate func decodeDouble() throws -> Double {
        guard case .number(let number) = self else { throw mismatch("number") }
        guard let value = number.double else { throw JSONDecodingError("number \(number.text) is out of range") }
        return value
    }

    fileprivate func decodeAny<T: Decodable>(_ type: T.Type) throws -> T {
        if T.self == [String: String].self, case .object(let object) = self {
            // Labels, annotations, selectors: the one map type worth a way of its own.
            var map: [String: String] = [:]
            map.reserveCapacity(object.count)
            for member in object.members {
                guard case .string(let text) = member.value else {
                    throw JSONDecodingError(member.value.mismatch("string"), under: member.key)
                }
                map[member.key] = text
            }
            return map as! T  // T is this very type.
        }
        if T.self == JSONValue.self { return self as! T }  // Likewise.
        return try T(from: JSONValueDecoder(value: self))
    }
}

private struct KeyedReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let object: JSONObject
    let lookup: JSONObject.Lookup
    var codingPath: [any CodingKey] { [] }

    init(_ object: JSONObject) {
        self.object = object
        lookup = object.lookup
    }

    var allKeys: [Key] { object.members.compactMap { Key(stringValue: $0.key) } }
    func contains(_ key: Key) -> Bool { lookup[key.stringValue] != nil }

    private func need(_ key: Key) throws -> JSONValue {
        guard let value = lookup[key.stringValue] else {
            throw JSONDecodingError("missing", path: key.stringValue)
        }
        return value
    }

    private func read<T>(_ key: Key, _ decode: (JSONValue) throws -> T) throws -> T {
        let value = try need(key)
        do { return try decode(value) } catch { throw JSONDecodingError(error, under: key.stringValue) }
    }

    private func readIfPresent<T>(_ key: Key, _ decode: (JSONValue) throws -> T) throws -> T? {
        guard let value = lookup[key.stringValue] else { return nil }
        if case .null = value { return nil }
        do { return try decode(value) } catch { throw JSONDecodingError(error, under: key.stringValue) }
    }

    func decodeNil(forKey key: Key) throws -> Bool { try need(key).isNull }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try read(key) { try $0.decodeBool() } }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try read(key) { try $0.decodeString() } }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try read(key) { try $0.decodeDouble() } }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try read(key) { Float(try $0.decodeDouble()) } }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try read(key) { try $0.decodeInteger(type) } }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try read(key) { try $0.decodeInteger(type) } }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try read(key) { try $0.decodeInteger(type) } }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try read(key) { try $0.decodeInteger(type) } }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try read(key) { try $0.decodeInteger(type) } }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try read(key) { try $0.decodeInteger(type) } }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try read(key) { try $0.decodeInteger(type) } }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try read(key) { try $0.decodeInteger(type) } }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try read(key) { try $0.decodeInteger(type) } }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try read(key) { try $0.decodeInteger(type) } }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try read(key) { try $0.decodeAny(type) } }

    // The defaults of these look a key up three times.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try readIfPresent(key) { try $0.decodeBool() }
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try readIfPresent(key) { try $0.decodeString() }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try readIfPresent(key) { try $0.decodeInteger(type) }
    }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
        try readIfPresent(key) { try $0.decodeInteger(type) }
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try readIfPresent(key) { try $0.decodeInteger(type) }
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try readIfPresent(key) { try $0.decodeAny(type) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try JSONValueDecoder(value: need(key)).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JSONValueDecoder(value: need(key)).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder { JSONValueDecoder(value: lookup["super"] ?? .null) }
    func superDecoder(forKey key: Key) throws -> any Decoder { JSONValueDecoder(value: try need(key)) }
}

private struct ArrayReader: UnkeyedDecodingContainer {
    let elements: [JSONValue]
    private(set) var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    init(_ elements: [JSONValue]) { self.elements = elements }

    private mutating func next<T>(_ decode: (JSONValue) throws -> T) throws -> T {
        guard currentIndex < elements.count else { throw JSONDecodingError("missing", path: "[\(currentIndex)]") }
        do {
            let value = try decode(elements[currentIndex])
            currentIndex += 1
            return value
        } catch {
            throw JSONDecodingError(error, under: "[\(currentIndex)]")
        }
    }

    mutating func decodeNil() throws -> Bool {
        guard currentIndex < elements.count, elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try next { try $0.decodeBool() } }
    mutating func decode(_ type: String.Type) throws -> String { try next { try $0.decodeString() } }
    mutating func decode(_ type: Double.Type) throws -> Double { try next { try $0.decodeDouble() } }
    mutating func decode(_ type: Float.Type) throws -> Float { try next { Float(try $0.decodeDouble()) } }
    mutating func decode(_ type: Int.Type) throws -> Int { try next { try $0.decodeInteger(type) } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try next { try $0.decodeInteger(type) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try next { try $0.decodeInteger(type) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try next { try $0.decodeInteger(type) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try next { try $0.decodeInteger(type) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try next { try $0.decodeInteger(type) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next { try $0.decodeInteger(type) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next { try $0.decodeInteger(type) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next { try $0.decodeInteger(type) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next { try $0.decodeInteger(type) } }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next { try $0.decodeAny(type) } }
    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try next { try JSONValueDecoder(value: $0).container(keyedBy: type) }
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { try JSONValueDecoder(value: $0).unkeyedContainer() }
    }
    mutating func superDecoder() throws -> any Decoder { try next { JSONValueDecoder(value: $0) } }
}

private struct SingleReader: SingleValueDecodingContainer {
    let value: JSONValue
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { value.isNull }
    func decode(_ type: Bool.Type) throws -> Bool { try value.decodeBool() }
    func decode(_ type: String.Type) throws -> String { try value.decodeString() }
    func decode(_ type: Double.Type) throws -> Double { try value.decodeDouble() }
    func decode(_ type: Float.Type) throws -> Float { Float(try value.decodeDouble()) }
    func decode(_ type: Int.Type) throws -> Int { try value.decodeInteger(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try value.decodeInteger(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try value.decodeInteger(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try value.decodeInteger(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try value.decodeInteger(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try value.decodeInteger(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try value.decodeInteger(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try value.decodeInteger(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try value.decodeInteger(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try value.decodeInteger(type) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try value.decodeAny(type) }
}
