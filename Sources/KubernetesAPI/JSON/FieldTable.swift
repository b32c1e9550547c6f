import Synchronization

/// A schema made ready for look-ups: one table a type, built when it is first needed and kept.
final class FieldTable: Sendable {
    /// A class, because a look-up would otherwise copy, and so retain, every text of the field.
    final class Entry: Sendable {
        let name: String
        let type: FieldType
        let mergeKey: String?
        let mergesAsSet: Bool
        let dropped: Bool
        let refusal: String?

        init(_ field: Schema.Field) {
            name = field.name
            type = field.type
            mergeKey = field.mergeKey
            mergesAsSet = field.mergesAsSet
            dropped = field.dropped
            refusal = field.refusal
        }
    }

    /// `DeploymentSpec`, as Go's errors name the struct.
    let structName: String
    /// `v1.DeploymentSpec`.
    let goName: String
    let entries: [String: Entry]
    let presentFields: [Entry]

    private init(_ schema: Schema) {
        let parts = schema.name.split(separator: ".")
        structName = parts.last.map(String.init) ?? ""
        goName = parts.suffix(2).joined(separator: ".")
        entries = Dictionary(
            schema.fields.map { ($0.name, Entry($0)) }, uniquingKeysWith: { first, _ in first })
        presentFields = schema.fields.filter(\.present).map { Entry($0) }
    }

    private static let cache = Mutex<[ObjectIdentifier: FieldTable]>([:])

    static func of(_ type: any Described.Type) -> FieldTable {
        cache.withLock { cache in
            if let table = cache[ObjectIdentifier(type)] { return table }
            let table = FieldTable(type.schema)
            cache[ObjectIdentifier(type)] = table
            return table
        }
    }
}

extension FieldType {
    /// What Go calls the type in its errors.
    var goName: String {
        switch self {
        case .string: "string"
        case .boolean: "bool"
        case .int32: "int32"
        case .int64: "int64"
        case .number: "float64"
        case .quantity: "resource.Quantity"
        case .intOrString: "intstr.IntOrString"
        case .time: "v1.Time"
        case .microTime: "v1.MicroTime"
        case .bytes: "[]uint8"
        case .array(let element): "[]\(element.goName)"
        case .map(let element): "map[string]\(element.goName)"
        case .object(let type): FieldTable.of(type).goName
        case .any: "interface {}"
        }
    }

    /// What a missing value of a `present` field becomes, and a null inside a list or map.
    var empty: JSONValue {
        switch self {
        case .string, .bytes: ""
        case .boolean: false
        case .int32, .int64, .number, .intOrString: 0
        case .quantity: "0"
        case .array: .array([])
        case .map, .object: .object(JSONObject())
        case .time, .microTime, .any: .null
        }
    }
}
