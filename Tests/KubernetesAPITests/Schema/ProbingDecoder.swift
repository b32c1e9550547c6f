import KubernetesAPI

/// Decodes any type out of nothing and writes down which keys it asked for, with which types, and which may be missing.
///
/// A synthesized `init(from:)` calls `contains` (through `decodeIfPresent`) for optional properties alone.
final class KeyProbe {
    struct Key: Equatable {
        var type: String
        var isOptional: Bool
    }

    private(set) var keys: [String: Key] = [:]
    private var optional: Set<String> = []

    static func keys(of type: any Decodable.Type) throws -> [String: Key] {
        let probe = KeyProbe()
        _ = try type.init(from: ProbingDecoder(probe: probe))
        return probe.keys
    }

    fileprivate func mayMiss(_ key: any CodingKey) { optional.insert(key.stringValue) }
    fileprivate func asked<T>(_ key: any CodingKey, _ type: T.Type) {
        keys[key.stringValue] = Key(type: String(describing: type), isOptional: optional.contains(key.stringValue))
    }
}

private struct ProbingDecoder: Decoder {
    var probe: KeyProbe
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Keyed(probe: probe))
    }
    func unkeyedContainer() -> any UnkeyedDecodingContainer { Nothing() }
    func singleValueContainer() -> any SingleValueDecodingContainer { Single() }
}

/// A value of any type: the types that cannot be read out of nothing are given.
private func anything<T: Decodable>(_ type: T.Type) throws -> T {
    let given: [Any] = [
        false, "", Int(0), Int8(0), Int16(0), Int32(0), Int64(0), UInt(0), UInt8(0), UInt16(0), UInt32(0), UInt64(0),
        Double(0), Float(0), Time(seconds: 0), MicroTime(microseconds: 0), Quantity(0), Base64Bytes([UInt8]()),
        IntOrString.int(0),
    ]
    for value in given {
        if let value = value as? T { return value }
    }
    return try T(from: ProbingDecoder(probe: KeyProbe()))
}

private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    var probe: KeyProbe
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool {
        probe.mayMiss(key)
        return true
    }
    func decodeNil(forKey key: Key) -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        probe.asked(key, type)
        return try anything(type)
    }
    func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: Key) -> KeyedDecodingContainer<N> {
        KeyedDecodingContainer(Keyed<N>(probe: KeyProbe()))
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { Nothing() }
    func superDecoder() -> any Decoder { ProbingDecoder(probe: KeyProbe()) }
    func superDecoder(forKey key: Key) -> any Decoder { ProbingDecoder(probe: KeyProbe()) }
}

private struct Nothing: UnkeyedDecodingContainer {
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 0 }
    var isAtEnd: Bool { true }
    var currentIndex: Int { 0 }
    func decodeNil() -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try anything(type) }
    func nestedContainer<N: CodingKey>(keyedBy type: N.Type) -> KeyedDecodingContainer<N> {
        KeyedDecodingContainer(Keyed<N>(probe: KeyProbe()))
    }
    func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { Nothing() }
    func superDecoder() -> any Decoder { ProbingDecoder(probe: KeyProbe()) }
}

private struct Single: SingleValueDecodingContainer {
    var codingPath: [any CodingKey] { [] }
    func decodeNil() -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try anything(type) }
}
