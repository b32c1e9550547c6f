/// A number or a text, such as a port by number or name, or a count as a number or a percentage. Source: apimachinery intstr.
public enum IntOrString: Codable, Sendable, Hashable, CustomStringConvertible, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral
{
    case int(Int32)
    case string(String)

    public init(integerLiteral value: Int32) { self = .int(value) }
    public init(stringLiteral value: String) { self = .string(value) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // A text is what a decoder can rule out most cheaply, but a number is by far the more frequent.
        if let number = try? container.decode(Int32.self) {
            self = .int(number)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .int(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        }
    }

    public var description: String {
        switch self {
        case .int(let number): String(number)
        case .string(let text): text
        }
    }

    /// The number in a text such as `25%`. Nil for everything else.
    public var percentage: Int? {
        guard case .string(let text) = self, text.last == "%" else { return nil }
        let digits = text.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(digits)
    }

    /// The count that this stands for, percentages being of `total`. Nil for a text that is not a percentage.
    public func scaled(of total: Int, roundUp: Bool) -> Int? {
        switch self {
        case .int(let number): return Int(number)
        case .string:
            guard let percentage else { return nil }
            let (product, overflow) = percentage.multipliedReportingOverflow(by: total)
            guard !overflow else { return nil }
            return roundUp ? (product + 99) / 100 : product / 100
        }
    }
}
