/// Conditions on an object's fields, all of which must hold; none holds for everything: `spec.nodeName=x,metadata.name!=y`.
/// Source: apimachinery fields.Selector.
public struct FieldSelector: Sendable, Hashable, CustomStringConvertible {
    public struct Requirement: Sendable, Hashable {
        /// `spec.nodeName`.
        public var field: String
        public var value: String
        /// Whether the field must have the value, or must not.
        public var isEqual: Bool

        public init(_ field: String, _ value: String, isEqual: Bool = true) {
            self.field = field
            self.value = value
            self.isEqual = isEqual
        }
    }

    public var requirements: [Requirement]

    public init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    /// Reads `a=b, a==b, a!=b`, joined by commas; a backslash keeps the meaning from a following `,`, `=` or `\`.
    public init(parsing text: some StringProtocol) throws(SelectorError) {
        requirements = []
        for term in Self.terms(text.utf8) where !term.isEmpty {
            requirements.append(try Self.requirement(term, in: String(text)))
        }
    }

    private static func terms(_ text: some Collection<UInt8>) -> [[UInt8]] {
        var terms: [[UInt8]] = [[]]
        var escaped = false
        for byte in text {
            if byte == UInt8(ascii: ","), !escaped {
                terms.append([])
            } else {
                terms[terms.count - 1].append(byte)
            }
            escaped = byte == UInt8(ascii: "\\") && !escaped
        }
        return terms
    }

    private static func requirement(_ term: [UInt8], in text: String) throws(SelectorError) -> Requirement {
        for index in term.indices {
            let rest = term[index...]
            for (symbol, isEqual) in [("!=", false), ("==", true), ("=", true)] where rest.starts(with: symbol.utf8) {
                let value = try unescaped(rest.dropFirst(symbol.utf8.count))
                return Requirement(String(decoding: term[..<index], as: UTF8.self), value, isEqual: isEqual)
            }
        }
        throw SelectorError(
            "invalid selector: '\(text)'; can't understand '\(String(decoding: term, as: UTF8.self))'")
    }

    private static func unescaped(_ value: some Collection<UInt8>) throws(SelectorError) -> String {
        var result: [UInt8] = []
        var escaped = false
        for byte in value {
            let isSpecial = ",=\\".utf8.contains(byte)
            if escaped {
                guard isSpecial else { throw SelectorError("invalid field selector: invalid escape sequence") }
                result.append(byte)
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else if isSpecial {
                throw SelectorError("invalid field selector: unescaped character in value")
            } else {
                result.append(byte)
            }
        }
        if escaped { throw SelectorError("invalid field selector: incomplete escape sequence") }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether all conditions hold for these values; a field that is not among them counts as empty.
    public func matches(_ values: [String: String]) -> Bool {
        requirements.allSatisfy { ((values[$0.field] ?? "") == $0.value) == $0.isEqual }
    }

    /// Whether they hold for the object.
    public func matches<T: APIObject>(_ object: T) -> Bool {
        if requirements.isEmpty { return true }
        var values = object.selectableFields
        values["metadata.name"] = object.metadata.name ?? ""
        values["metadata.namespace"] = object.metadata.namespace ?? ""
        return matches(values)
    }

    /// The first field that the kind does not offer, for the error about it.
    public func unknownField<T: APIObject>(of type: T.Type) -> String? {
        let known = T.selectableFieldNames + ["metadata.name"] + (T.resource.namespaced ? ["metadata.namespace"] : [])
        return requirements.map(\.field).first { !known.contains($0) }
    }

    public var description: String {
        requirements.map { requirement in
            var value = ""
            for character in requirement.value {
                if ",=\\".contains(character) { value.append("\\") }
                value.append(character)
            }
            return requirement.field + (requirement.isEqual ? "=" : "!=") + value
        }.joined(separator: ",")
    }
}
