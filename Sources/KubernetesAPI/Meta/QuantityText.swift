/// Reading and printing a quantity.
extension Quantity: Codable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// Why a text is not a quantity, in Kubernetes' words.
    public enum ParseError: Error, Sendable, Equatable, CustomStringConvertible {
        case format, number, suffix

        public var description: String {
            switch self {
            case .format: "quantities must match the regular expression '\(Quantity.pattern)'"
            case .number: "unable to parse numeric part of quantity"
            case .suffix: "unable to parse quantity's suffix"
            }
        }
    }

    static let pattern = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"

    /// Reads `[+-]digits[.digits][suffix]`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        var rest = Substring(text).utf8
        let negative = rest.first == UInt8(ascii: "-")
        if negative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let number = rest.prefix { $0.isDigit || $0 == UInt8(ascii: ".") }
        guard !number.isEmpty else { throw .format }
        let suffix = rest[number.endIndex...]
        guard Self.maySuffix(suffix) else { throw .format }

        let parts = number.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count <= 2, number.contains(where: \.isDigit) else { throw .number }
        guard let scale = Suffix(text: String(Substring(suffix))) else { throw .suffix }

        let nano = scale.nano(whole: parts[0], fraction: parts.count == 2 ? parts[1] : nil)
        self.init(nano: negative ? -nano : nano, format: scale.format)
    }

    /// Nil for a text that is not a quantity.
    public init?(_ text: some StringProtocol) {
        // The caller asked whether it is one, not why.
        guard let quantity = try? Quantity(parsing: text) else { return nil }
        self = quantity
    }

    /// For quantities in source code; traps on a text that is none.
    public init(stringLiteral text: String) {
        guard let quantity = Quantity(text) else { preconditionFailure("not a quantity: \(text)") }
        self = quantity
    }

    /// A text, or a JSON number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text: String
        if let string = try? container.decode(String.self) {
            text = string
        } else if let integer = try? container.decode(Int64.self) {
            text = String(integer)
        } else {
            text = String(describing: try container.decode(Double.self))
        }
        do {
            try self.init(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// What the suffix part of `pattern` matches.
    private static func maySuffix(_ suffix: some Collection<UInt8>) -> Bool {
        var rest = suffix.drop { "eEinumkKMGTP".utf8.contains($0) }
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return rest.allSatisfy(\.isDigit)
    }

    public var description: String {
        let unit = Self.nanoPerUnit
        if nano == 0 { return "0" }
        // A small or fractional amount has no binary suffix that could print it exactly.
        if format == .binarySI, nano % unit == 0, nano.magnitude >= 1024 * UInt128(unit) {
            var whole = nano / unit
            var power = 0
            while whole % 1024 == 0, power < Suffix.binary.count - 1 {
                whole /= 1024
                power += 1
            }
            return "\(whole)\(Suffix.binary[power])"
        }
        var mantissa = nano
        var power = -3
        while mantissa % 1000 == 0, power < 6 {
            mantissa /= 1000
            power += 1
        }
        if format == .decimalExponent { return power == 0 ? "\(mantissa)" : "\(mantissa)e\(power * 3)" }
        return "\(mantissa)\(Suffix.decimal[power + 3])"
    }
}

/// What a suffix multiplies by: a power of 10 or of 2.
private struct Suffix {
    var format: Quantity.Format
    var base: Int128
    var exponent: Int

    static let decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
    static let binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

    init?(text suffix: String) {
        if let index = Self.decimal.firstIndex(of: suffix) {
            (format, base, exponent) = (.decimalSI, 10, (index - 3) * 3)
        } else if let index = Self.binary.firstIndex(of: suffix) {
            (format, base, exponent) = (.binarySI, 2, index * 10)
        } else if suffix.first == "e" || suffix.first == "E", let power = Int(suffix.dropFirst()) {
            (format, base, exponent) = (.decimalExponent, 10, power)
        } else {
            return nil
        }
    }

    /// The amount in billionths, rounded away from zero and held to `Quantity.limit`.
    ///
    /// Everything is an integer fraction: the digits without their point, over 10^(digits after the point), times the scale.
    func nano(whole: some Collection<UInt8>, fraction: (some Collection<UInt8>)?) -> Int128 {
        // Digits beyond these change nothing after the rounding, or everything is held to the limit anyway.
        let fractionDigits = Array(fraction.map { Array($0.prefix(18)) } ?? [])
        let truncated = fraction?.dropFirst(18).contains { $0 != UInt8(ascii: "0") } ?? false
        let digits = Array(whole.drop { $0 == UInt8(ascii: "0") }) + fractionDigits
        guard digits.contains(where: { $0 != UInt8(ascii: "0") }) || truncated else { return 0 }
        if digits.count - fractionDigits.count > 20 { return Quantity.limit }
        var value: Int128 = 0
        for digit in digits { value = value * 10 + Int128(digit - UInt8(ascii: "0")) }

        let decimalPlaces = 9 - fractionDigits.count + (base == 10 ? exponent : 0)
        var inexact = truncated
        if base == 2 {
            let (product, overflow) = value.multipliedReportingOverflow(by: Int128(1) << exponent)
            if overflow { return Quantity.limit }
            value = product
        }
        if decimalPlaces >= 0 {
            for _ in 0..<min(decimalPlaces, 60) {
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                if overflow || product > Quantity.limit { return value == 0 ? 0 : Quantity.limit }
                value = product
            }
        } else {
            for _ in 0..<min(-decimalPlaces, 60) {
                if value % 10 != 0 { inexact = true }
                value /= 10
            }
        }
        return min(inexact ? value + 1 : value, Quantity.limit)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }
}
