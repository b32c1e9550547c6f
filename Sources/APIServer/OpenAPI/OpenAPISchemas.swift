import KubernetesAPI

/// The definitions of an OpenAPI document, made from the kinds' schemas: every type that they reach, once.
struct OpenAPISchemas {
    enum Dialect {
        /// Swagger 2.0: `#/definitions/`, a `$ref` beside its description.
        case v2
        /// OpenAPI 3.0: `#/components/schemas/`, a `$ref` inside `allOf` so that it may have a description.
        case v3
    }

    let dialect: Dialect
    private(set) var definitions: [String: JSONValue] = [:]

    init(_ dialect: Dialect) { self.dialect = dialect }

    /// In the order of names, so that a document's hash changes only with its content.
    var sorted: JSONValue {
        .object(JSONObject(definitions.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value) }))
    }

    /// Adds a kind, its list and what both reach.
    /// - Returns: the names of the kind's and the list's definitions.
    mutating func add(kind: any APIObject.Type) -> (object: String, list: String) {
        let resource = kind.resource
        let schema = kind.schema
        add(schema, kinds: [(resource.group, resource.version, resource.kind)])
        let list = schema.name + "List"
        let fields: [Schema.Field] = [
            Self.apiVersion, Self.kind,
            .field("items", .array(.object(kind)), "The objects.", required: true, present: true),
        ]
        var value = object(
            Schema(list, "\(resource.kind)List is a list of \(resource.kind) objects.", fields),
            kinds: [(resource.group, resource.version, resource.kind + "List")])
        add(Self.listMeta)
        if var members = value.object, var properties = members["properties"]?.object {
            properties["metadata"] = reference(Self.listMeta.name)
            members["properties"] = .object(properties)
            value = .object(members)
        }
        definitions[list] = value
        return (schema.name, list)
    }

    /// Adds one type and what it reaches.
    mutating func add(_ schema: Schema, kinds: [(group: String, version: String, kind: String)] = []) {
        guard definitions[schema.name] == nil else { return }
        definitions[schema.name] = .null  // Types may reach themselves.
        definitions[schema.name] = object(schema, kinds: kinds)
    }

    private mutating func object(
        _ schema: Schema, kinds: [(group: String, version: String, kind: String)]
    ) -> JSONValue {
        var members = JSONObject()
        if !schema.description.isEmpty { members["description"] = .string(schema.description) }
        members["type"] = "object"
        let required = schema.fields.filter(\.required).map(\.name)
        if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
        var properties = JSONObject()
        for field in schema.fields { properties[field.name] = property(field) }
        if !schema.fields.isEmpty { members["properties"] = .object(properties) }
        if !kinds.isEmpty {
            members["x-kubernetes-group-version-kind"] = .array(
                kinds.map { ["group": .string($0.group), "kind": .string($0.kind), "version": .string($0.version)] })
        }
        return .object(members)
    }

    private mutating func property(_ field: Schema.Field) -> JSONValue {
        var members = type(field.type).object ?? JSONObject()
        let description = field.refusal ?? field.description
        if !description.isEmpty {
            if dialect == .v3, let reference = members["$ref"] {
                members["$ref"] = nil
                members["allOf"] = [["$ref": reference]]
            }
            members["description"] = .string(description)
        }
        if let allowed = field.allowed { members["enum"] = .array(allowed.map { .string($0) }) }
        if let mergeKey = field.mergeKey {
            members["x-kubernetes-list-map-keys"] = [.string(mergeKey)]
            members["x-kubernetes-list-type"] = "map"
            members["x-kubernetes-patch-merge-key"] = .string(mergeKey)
        } else if field.mergesAsSet {
            members["x-kubernetes-list-type"] = "set"
        } else if case .array = field.type {
            members["x-kubernetes-list-type"] = "atomic"
        }
        var strategies: [String] = []
        if field.mergeKey != nil || field.mergesAsSet { strategies.append("merge") }
        if field.retainKeys { strategies.append("retainKeys") }
        if !strategies.isEmpty {
            members["x-kubernetes-patch-strategy"] = .string(strategies.joined(separator: ","))
        }
        return .object(members)
    }

    private mutating func type(_ type: FieldType) -> JSONValue {
        switch type {
        case .string: return ["type": "string"]
        case .boolean: return ["type": "boolean"]
        case .int32: return ["type": "integer", "format": "int32"]
        case .int64: return ["type": "integer", "format": "int64"]
        case .number: return ["type": "number", "format": "double"]
        case .bytes: return ["type": "string", "format": "byte"]
        case .array(let element): return ["type": "array", "items": self.type(element)]
        case .map(let element): return ["type": "object", "additionalProperties": self.type(element)]
        case .any: return [:]
        case .object(let type):
            let schema = type.schema
            add(schema)
            return reference(schema.name)
        case .quantity: return named("io.k8s.apimachinery.pkg.api.resource.Quantity", ["type": "string"])
        case .intOrString:
            return named(
                "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
                dialect == .v2
                    ? ["type": "string", "format": "int-or-string"]
                    : ["format": "int-or-string", "oneOf": [["type": "integer"], ["type": "string"]]])
        case .time:
            return named("io.k8s.apimachinery.pkg.apis.meta.v1.Time", ["type": "string", "format": "date-time"])
        case .microTime:
            return named("io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime", ["type": "string", "format": "date-time"])
        }
    }

    private mutating func named(_ name: String, _ definition: JSONValue) -> JSONValue {
        definitions[name] = definition
        return reference(name)
    }

    func reference(_ name: String) -> JSONValue {
        ["$ref": .string((dialect == .v2 ? "#/definitions/" : "#/components/schemas/") + name)]
    }

    private static let apiVersion = Schema.Field.field("apiVersion", .string, "The group and version of the kind.")
    private static let kind = Schema.Field.field("kind", .string, "The kind.")

    static let listMeta = Schema(
        "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta", "What a list says of itself.",
        [
            .field("resourceVersion", .string, "The revision of the whole list."),
            .field("continue", .string, "Where the next page begins."),
            .field("remainingItemCount", .int64, "How many objects follow this page."),
        ])

    /// The options that the body of a delete may hold.
    static let deleteOptions = DeleteOptionsBody.schema
}
