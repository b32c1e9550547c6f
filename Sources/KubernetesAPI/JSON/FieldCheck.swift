/// A document of the wrong shape, in the words of Go's decoder:
/// `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
public struct FieldTypeError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}

/// A document compared with the schema of its type.
public struct FieldCheck: Sendable {
    /// Without the unknown and the null fields, and with every `present` field: ready to decode.
    public var value: JSONValue
    /// Paths that the type does not have, in the order of the document; at most 100.
    public var unknown: [String]
    /// Fields that Kubernetes has and swiftlet refuses, each with its reason.
    public var refused: [FieldError]

    /// - Throws: the first value of a wrong type.
    public init(_ value: JSONValue, against type: any Described.Type) throws(FieldTypeError) {
        var walk = FieldWalk()
        self.value = value
        try walk.object(&self.value, FieldTable.of(type))
        unknown = walk.unknown
        refused = walk.refused
    }
}

/// One walk down a document, with the way back to the top.
private struct FieldWalk {
    private enum Step {
        case field(String, of: FieldTable)
        case index(Int)
        case key(String)
    }

    private var path: [Step] = []
    var unknown: [String] = []
    var refused: [FieldError] = []

    mutating func object(_ value: inout JSONValue, _ table: FieldTable) throws(FieldTypeError) {
        guard case .object(var object) = value else { throw mismatch(value.kindName, table.goName) }
        value = .null  // Leaves `object` as the only holder of its members, so they change in place.
        var drops = false
        try object.updateEach { (member) throws(FieldTypeError) in
            guard let entry = table.entries[member.key] else {
                if unknown.count < JSONParser.maximumDuplicates { unknown.append(pathText(member.key)) }
                member.value = .null
                drops = true
                return
            }
            if member.value.isNull || entry.dropped {
                member.value = .null
                drops = true
            } else if let reason = entry.refusal {
                if case .array(let elements) = member.value, elements.isEmpty {
                    drops = true  // An empty list asks for nothing.
                    member.value = .null
                } else {
                    refused.append(FieldError(.forbidden, pathText(member.key), reason))
                }
            } else {
                path.append(.field(member.key, of: table))
                try check(&member.value, entry.type)
                path.removeLast()
            }
        }
        if drops { object.removeAll { $0.value.isNull } }
        for field in table.presentFields where object[field.name] == nil {
            var empty = field.type.empty
            path.append(.field(field.name, of: table))
            try check(&empty, field.type)
            path.removeLast()
            object.append(field.name, empty)
        }
        value = .object(object)
    }

    private mutating func check(_ value: inout JSONValue, _ type: FieldType) throws(FieldTypeError) {
        switch (type, value) {
        case (.string, .string), (.time, .string), (.microTime, .string), (.bytes, .string), (.boolean, .bool),
            (.number, .number), (.any, _), (.quantity, .string), (.intOrString, .string):
            return
        case (.int32, .number(let number)), (.intOrString, .number(let number)):
            guard Int32(number.text) != nil else { throw mismatch("number \(number.text)", "int32") }
        case (.int64, .number(let number)):
            guard number.int64 != nil else { throw mismatch("number \(number.text)", "int64") }
        case (.quantity, .number(let number)):
            value = .string(number.text)
        case (.object(let type), _):
            try object(&value, FieldTable.of(type))
        case (.array(let element), .array(var elements)):
            value = .null
            for index in elements.indices {
                if elements[index].isNull { elements[index] = element.empty }
                path.append(.index(index))
                try check(&elements[index], element)
                path.removeLast()
            }
            value = .array(elements)
        case (.map(let element), .object(var object)):
            value = .null
            try object.updateEach { (member) throws(FieldTypeError) in
                if member.value.isNull { member.value = element.empty }
                path.append(.key(member.key))
                try check(&member.value, element)
                path.removeLast()
            }
            value = .object(object)
        default: throw mismatch(value.kindName, type.goName)
        }
    }

    /// `spec.template.spec.containers[0].imagee`.
    private func pathText(_ last: String) -> String {
        var text = ""
        for step in path {
            switch step {
            case .field(let name, _), .key(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text.isEmpty ? last : "\(text).\(last)"
    }

    /// Go names the innermost struct and the path from the top, without the indices of lists and the keys of maps.
    private func mismatch(_ found: String, _ wanted: String) -> FieldTypeError {
        var fields: [String] = []
        var owner: FieldTable?
        for case .field(let name, let table) in path {
            fields.append(name)
            owner = table
        }
        guard let owner else {
            return FieldTypeError(description: "json: cannot unmarshal \(found) into Go value of type \(wanted)")
        }
        let place = ([owner.structName] + fields).joined(separator: ".")
        return FieldTypeError(
            description: "json: cannot unmarshal \(found) into Go struct field \(place) of type \(wanted)")
    }
}
