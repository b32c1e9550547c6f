/// JSON patch: a list of operations, all of which apply or none. Source: RFC 6902.
public enum JSONPatch {
    /// As many operations as Kubernetes takes (endpoints/handlers/patch.go).
    static let maximumOperations = 10_000
    /// Bytes that all `copy` operations together may add: without it thirty of them double an object into gigabytes.
    static let maximumCopied = 3 << 20

    public static func apply(_ patch: JSONValue, to target: JSONValue) throws(PatchError) -> JSONValue {
        guard case .array(let operations) = patch else { throw .malformed("a JSON patch must be a list of operations") }
        guard operations.count <= maximumOperations else {
            throw PatchError(
                code: 413,
                description: "The allowed maximum operations in a JSON patch is \(maximumOperations), "
                    + "got \(operations.count)")
        }
        var document = target
        var copied = 0
        for operation in operations { try apply(operation, to: &document, &copied) }
        return document
    }

    private static func apply(
        _ operation: JSONValue, to document: inout JSONValue, _ copied: inout Int
    ) throws(PatchError) {
        guard case .object(let members) = operation else {
            throw .malformed("a JSON patch operation must be an object")
        }
        let name = try text("op", of: members)
        let path = try JSONPointer(try text("path", of: members))
        switch name {
        case "add": try document.edit(path, 0, name, .add(try value(of: members, at: path)))
        case "replace": try document.edit(path, 0, name, .replace(try value(of: members, at: path)))
        case "remove": try document.edit(path, 0, name, .remove)
        case "test":
            let wanted = members["value"] ?? .null
            let found = document.find(path)
            // A missing member counts as null, as in the library that Kubernetes uses.
            guard (found ?? .null) == wanted else {
                throw .inapplicable("testing path \"\(path.text)\": value is not as wanted: test failed")
            }
        case "copy", "move":
            let from = try JSONPointer(try text("from", of: members))
            guard let found = document.find(from) else { throw missing(name, from) }
            if name == "move" {
                guard !from.isAncestor(of: path) else {
                    throw .inapplicable("move operation does not apply: \"\(path.text)\" is inside \"\(from.text)\"")
                }
                if from == path { return }
                try document.edit(from, 0, name, .remove)
            } else {
                copied += found.bytes.count
                guard copied <= maximumCopied else {
                    throw .inapplicable("copy operations of this patch add more than \(maximumCopied) bytes")
                }
            }
            try checkDepth(found, at: path)
            try document.edit(path, 0, name, .add(found))
        default: throw .malformed("unknown JSON patch operation \"\(name)\"")
        }
    }

    private static func text(_ key: String, of operation: JSONObject) throws(PatchError) -> String {
        guard case .string(let text) = operation[key] else {
            throw .malformed("a JSON patch operation needs the text \"\(key)\"")
        }
        return text
    }

    private static func value(of operation: JSONObject, at path: JSONPointer) throws(PatchError) -> JSONValue {
        guard let value = operation["value"] else {
            throw .malformed("the JSON patch operation at \"\(path.text)\" needs a \"value\"")
        }
        try checkDepth(value, at: path)
        return value
    }

    /// Operations could nest a document deeper than any parser would let it be.
    private static func checkDepth(_ value: JSONValue, at path: JSONPointer) throws(PatchError) {
        guard path.tokens.count + value.depth <= JSONParser.maximumDepth else {
            throw .inapplicable("the result would be nested deeper than \(JSONParser.maximumDepth)")
        }
    }

    fileprivate static func missing(_ operation: String, _ path: JSONPointer) -> PatchError {
        .inapplicable("\(operation) operation does not apply: doc is missing path: \"\(path.text)\"")
    }
}

private enum Edit {
    case add(JSONValue)
    case replace(JSONValue)
    case remove
}

extension JSONValue {
    fileprivate var depth: Int {
        switch self {
        case .array(let elements): 1 + (elements.lazy.map(\.depth).max() ?? 0)
        case .object(let object): 1 + (object.members.lazy.map(\.value.depth).max() ?? 0)
        default: 0
        }
    }

    fileprivate func find(_ pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            switch value {
            case .object(let object):
                guard let next = object[token] else { return nil }
                value = next
            case .array(let elements):
                guard let index = Self.index(token), index < elements.count else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// No sign, no leading zero.
    private static func index(_ token: String) -> Int? {
        guard token == "0" || token.utf8.first != UInt8(ascii: "0"), token.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        return Int(token)
    }

    fileprivate mutating func edit(
        _ pointer: JSONPointer, _ level: Int, _ operation: String, _ edit: Edit
    ) throws(PatchError) {
        guard level < pointer.tokens.count else {
            switch edit {
            case .add(let value), .replace(let value): self = value
            case .remove: self = .null
            }
            return
        }
        let token = pointer.tokens[level]
        let isLast = level == pointer.tokens.count - 1
        switch self {
        case .object(var object):
            self = .null  // `object` alone holds the members now and changes them in place.
            let found = object[token]
            if isLast {
                switch edit {
                case .add(let value): object[token] = value
                case .replace(let value):
                    guard found != nil else { throw JSONPatch.missing(operation, pointer) }
                    object[token] = value
                case .remove:
                    guard found != nil else { throw JSONPatch.missing(operation, pointer) }
                    object[token] = nil
                }
            } else {
                guard var next = found else { throw JSONPatch.missing(operation, pointer) }
                try next.edit(pointer, level + 1, operation, edit)
                object[token] = next
            }
            self = .object(object)
        case .array(var elements):
            self = .null
            if isLast, case .add(let value) = edit {
                if token == "-" {
                    elements.append(value)
                } else {
                    guard let index = Self.index(token), index <= elements.count else {
                        throw JSONPatch.missing(operation, pointer)
                    }
                    elements.insert(value, at: index)
                }
            } else {
                guard let index = Self.index(token), index < elements.count else {
                    throw JSONPatch.missing(operation, pointer)
                }
                switch edit {
                case .replace(let value) where isLast: elements[index] = value
                case .remove where isLast: elements.remove(at: index)
                default: try elements[index].edit(pointer, level + 1, operation, edit)
                }
            }
            self = .array(elements)
        default: throw JSONPatch.missing(operation, pointer)
        }
    }
}
