import KubernetesAPI
import Testing

@Suite("Schemas")
struct SchemaTests {
    /// Every described type that a kind leads to, by its schema's name.
    static let types: [String: any Described.Type] = {
        var found: [String: any Described.Type] = [:]
        func visit(_ type: any Described.Type) {
            guard found.updateValue(type, forKey: type.schema.name) == nil else { return }
            for field in type.schema.fields { visit(field.type) }
        }
        func visit(_ type: FieldType) {
            switch type {
            case .object(let type): visit(type)
            case .array(let element), .map(let element): visit(element)
            default: break
            }
        }
        for kind in Kinds.all { visit(kind) }
        visit(Scale.self)
        visit(Binding.self)
        return found
    }()

    @Test("describe exactly the fields that the types carry", arguments: types.keys.sorted())
    func fields(name: String) throws {
        let type = try #require(Self.types[name])
        let decodable = try #require(type as? any Decodable.Type)
        let carried = try KeyProbe.keys(of: decodable)
        let described = type.schema.fields.filter { $0.refusal == nil && !$0.dropped }
        #expect(Set(described.map(\.name)) == Set(carried.keys))
        for field in described {
            let key = try #require(carried[field.name], "\(name).\(field.name)")
            #expect(field.present == !key.isOptional, "\(name).\(field.name)")
            #expect(swiftName(field.type) == key.type, "\(name).\(field.name)")
        }
        let names = type.schema.fields.map(\.name)
        #expect(Set(names).count == names.count, "a field twice in \(name)")
        // A refused or dropped field must not be carried: it would be read and ignored.
        for field in type.schema.fields where field.refusal != nil || field.dropped {
            #expect(carried[field.name] == nil)
        }
    }

    @Test("describe every field and type in words", arguments: types.keys.sorted())
    func words(name: String) throws {
        let schema = try #require(Self.types[name]).schema
        #expect(!schema.description.isEmpty)
        for field in schema.fields where field.refusal == nil {
            #expect(!field.description.isEmpty, "\(name).\(field.name)")
        }
    }

    @Test("name a merge key that the elements have", arguments: types.keys.sorted())
    func mergeKeys(name: String) throws {
        for field in try #require(Self.types[name]).schema.fields {
            guard let key = field.mergeKey else { continue }
            guard case .array(.object(let element)) = field.type else {
                Issue.record("\(name).\(field.name) is no list of objects")
                continue
            }
            #expect(element.schema.fields.contains { $0.name == key }, "\(name).\(field.name)")
        }
    }

    @Test("of kinds: names are unique, and every kind has apiVersion, kind and metadata")
    func kinds() throws {
        let plurals = Kinds.all.map { $0.resource.qualifiedPlural }
        #expect(Set(plurals).count == plurals.count)
        for kind in Kinds.all {
            #expect(kind.schema.name.hasSuffix("." + kind.resource.kind))
            #expect(kind.schema.fields.prefix(3).map(\.name) == ["apiVersion", "kind", "metadata"])
        }
    }
}

/// How `String(describing:)` prints the Swift type that stands for a field type.
private func swiftName(_ type: FieldType) -> String {
    switch type {
    case .string: "String"
    case .boolean: "Bool"
    case .int32: "Int32"
    case .int64: "Int64"
    case .number: "Double"
    case .quantity: "Quantity"
    case .intOrString: "IntOrString"
    case .time: "Time"
    case .microTime: "MicroTime"
    case .bytes: "Base64Bytes"
    case .array(let element): "Array<\(swiftName(element))>"
    case .map(let element): "Dictionary<String, \(swiftName(element))>"
    case .object(let type): String(describing: type)
    case .any: "Any"
    }
}
