/// A JSON document as it was written: numbers keep their digits and objects their order, so that nothing is lost between
/// what the user sent and what is checked, patched or stored.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// What Go's decoder calls this kind of value in its errors.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    public var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    public var array: [JSONValue]? {
        if case .array(let array) = self { array } else { nil }
    }

    public var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The member of that name; nil where there is none, or where this is no object.
    public subscript(key: String) -> JSONValue? { object?[key] }
}

/// Order of an object's members does not matter, and numbers are equal by value, as RFC 6902 (section 4.6) asks.
extension JSONValue: Equatable {
    public static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(nilLiteral: ()) { self = .null }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { .init(key: $0.0, value: $0.1) }))
    }
}

/// A number by its digits.
public struct JSONNumber: Sendable, Equatable {
    /// As RFC 8259 writes numbers.
    public let text: String

    /// - Parameter text: must follow the grammar of RFC 8259; the parser vouches for it.
    init(checked text: String) { self.text = text }
    public init(_ value: Int64) { text = String(value) }

    /// Nil for a fraction, an exponent and what does not fit.
    public var int64: Int64? { Int64(text) }
    public var double: Double? { Double(text) }

    public static func == (a: Self, b: Self) -> Bool {
        if a.text == b.text { return true }
        // Two different spellings of integers differ (but for -0); only fractions and exponents need the arithmetic.
        if let a = a.int64, let b = b.int64 { return a == b }
        return a.double == b.double
    }
}
