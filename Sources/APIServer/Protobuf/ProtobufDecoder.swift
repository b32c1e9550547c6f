import FoundationEssentials
import KubernetesAPI

/// Turns a message into the JSON that the same client would have sent, by the type's schema and its field numbers.
struct ProtobufDecoder {
    /// Messages inside messages, at most: the deepest field of a pod is below 20.
    private static let depthLimit = 64

    private var depth = 0

    mutating func object(_ bytes: ArraySlice<UInt8>, _ schema: Schema) throws(ProtobufReader.Malformed) -> JSONValue {
        var members = Members(schema)
        try read(bytes, schema.name, into: &members)
        return members.value
    }

    /// The fields of one object, its own and those of the messages that stand inline in it.
    private struct Members {
        let fields: [String: Schema.Field]
        var order: [String] = []
        var values: [String: JSONValue] = [:]
        var lists: [String: [JSONValue]] = [:]
        var maps: [String: [String: JSONValue]] = [:]

        init(_ schema: Schema) {
            fields = Dictionary(schema.fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        }

        mutating func note(_ name: String) {
            if values[name] == nil && lists[name] == nil && maps[name] == nil { order.append(name) }
        }

        var value: JSONValue {
            .object(
                JSONObject(
                    order.map { name in
                        if let list = lists[name] { return .init(key: name, value: .array(list)) }
                        if let map = maps[name] {
                            let sorted = map.sorted { $0.key < $1.key }.map {
                                JSONObject.Member(key: $0.key, value: $0.value)
                            }
                            return .init(key: name, value: .object(JSONObject(sorted)))
                        }
                        return .init(key: name, value: values[name] ?? .null)
                    }))
        }
    }

    private mutating func read(
        _ bytes: ArraySlice<UInt8>, _ type: String, into members: inout Members
    ) throws(ProtobufReader.Malformed) {
        guard let numbers = FieldNumbers.all[type] else {
            throw .init(description: "\(type) is not taken as protobuf: send JSON")
        }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw .init(description: "messages are nested too deep") }
        var reader = ProtobufReader(bytes)
        while let (number, wire) = try reader.next() {
            guard let field = numbers[number] else {
                throw .init(description: "\(type) has no field of the number \(number)")
            }
            if field.inline {
                try read(try message(wire), field.name, into: &members)
            } else {
                try add(field, wire, to: &members)
            }
        }
    }

    private mutating func add(
        _ field: FieldNumbers.Field, _ wire: ProtobufReader.Value, to members: inout Members
    ) throws(ProtobufReader.Malformed) {
        let name = field.name
        guard let known = members.fields[name], known.refusal == nil else {
            // A field that is not served: the check of the JSON will say so, by name, unless it is only a written zero.
            if field.keepsZero || !wire.isZero {
                members.note(name)
                members.values[name] = true
            }
            return
        }
        if known.dropped { return }
        switch known.type {
        case .array(let element):
            let added = try elements(wire, element)
            members.note(name)
            members.lists[name, default: []] += added
        case .map(let element):
            let (key, value) = try entry(wire, element)
            members.note(name)
            members.maps[name, default: [:]][key] = value
        default:
            guard field.keepsZero || !wire.isZero || !known.type.isScalar else { return }
            let value = try self.value(wire, known.type)
            guard !value.isNull else { return }
            members.note(name)
            members.values[name] = value
        }
    }

    private mutating func elements(
        _ wire: ProtobufReader.Value, _ type: FieldType
    ) throws(ProtobufReader.Malformed) -> [JSONValue] {
        guard case .bytes(let bytes) = wire, type.isNumber else { return [try value(wire, type)] }
        var reader = ProtobufReader(bytes)
        var packed: [JSONValue] = []
        while let number = try reader.nextVarint() { packed.append(try value(.varint(number), type)) }
        return packed
    }

    /// An entry of a map: a message of a key and a value.
    private mutating func entry(
        _ wire: ProtobufReader.Value, _ type: FieldType
    ) throws(ProtobufReader.Malformed) -> (String, JSONValue) {
        var reader = ProtobufReader(try message(wire))
        var key = ""
        var content: ProtobufReader.Value = type.isNumber ? .varint(0) : .bytes([])
        while let (number, wire) = try reader.next() {
            if number == 1 { key = try text(wire) } else if number == 2 { content = wire }
        }
        return (key, try value(content, type))
    }

    private mutating func value(
        _ wire: ProtobufReader.Value, _ type: FieldType
    ) throws(ProtobufReader.Malformed) -> JSONValue {
        switch type {
        case .string: return .string(try text(wire))
        case .boolean: return .bool(try integer(wire) != 0)
        case .int32, .int64: return .number(JSONNumber(try integer(wire)))
        case .bytes: return .string(Data(try message(wire)).base64EncodedString())
        case .object(let type): return try object(try message(wire), type.schema)
        case .quantity: return .string(try first(1, of: wire).map(text) ?? "0")
        case .intOrString:
            // The type says which of the other two counts: 0 the number, 1 the text.
            if try first(1, of: wire).map(integer) == 1 { return .string(try first(3, of: wire).map(text) ?? "") }
            return .number(JSONNumber(try first(2, of: wire).map(integer) ?? 0))
        case .time, .microTime:
            guard let seconds = try first(1, of: wire).map(integer) else { return .null }
            let nanoseconds = try first(2, of: wire).map(integer) ?? 0
            guard abs(seconds) < 1 << 40 else { throw .init(description: "a time is out of range") }
            if case .time = type { return .string(Time(seconds: seconds).description) }
            return .string(MicroTime(microseconds: seconds * 1_000_000 + nanoseconds / 1000).description)
        case .array, .map, .number, .any: throw .init(description: "a field of this type is not taken as protobuf")
        }
    }

    private func first(
        _ wanted: UInt64, of wire: ProtobufReader.Value
    ) throws(ProtobufReader.Malformed) -> ProtobufReader.Value? {
        var reader = ProtobufReader(try message(wire))
        while let (number, value) = try reader.next() { if number == wanted { return value } }
        return nil
    }

    private func message(_ wire: ProtobufReader.Value) throws(ProtobufReader.Malformed) -> ArraySlice<UInt8> {
        guard case .bytes(let bytes) = wire else { throw .init(description: "a number stands where a message belongs") }
        return bytes
    }

    private func text(_ wire: ProtobufReader.Value) throws(ProtobufReader.Malformed) -> String {
        guard let text = String(validating: try message(wire), as: UTF8.self) else {
            throw .init(description: "a text is not UTF-8")
        }
        return text
    }

    private func integer(_ wire: ProtobufReader.Value) throws(ProtobufReader.Malformed) -> Int64 {
        guard case .varint(let value) = wire else {
            throw .init(description: "something else stands where a number belongs")
        }
        return Int64(bitPattern: value)
    }
}

extension ProtobufReader.Value {
    /// What protobuf in Go writes for a field that was never set.
    var isZero: Bool {
        switch self {
        case .varint(let value), .fixed64(let value): value == 0
        case .bytes(let bytes): bytes.isEmpty
        }
    }
}

extension FieldType {
    fileprivate var isNumber: Bool {
        switch self {
        case .boolean, .int32, .int64: true
        default: false
        }
    }

    /// A value whose zero JSON leaves out; a message stays, even an empty one.
    fileprivate var isScalar: Bool {
        switch self {
        case .string, .bytes: true
        default: isNumber
        }
    }
}
