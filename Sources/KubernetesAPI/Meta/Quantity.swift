/// An amount of a resource, such as `500m` (of a core) or `64Mi` (of bytes). Source: apimachinery api/resource.
///
/// Exact down to a billionth; finer digits are rounded away from zero, and an amount beyond 2^63 - 1 becomes that, as in
/// Kubernetes. Two quantities are equal when their amounts are, however they were written. Printed in the canonical form:
/// no fraction, and the largest suffix that needs none (`0.5` is printed as `500m`, `1024Mi` as `1Gi`).
public struct Quantity: Sendable, Hashable, Comparable {
    /// Which suffixes it is printed with.
    public enum Format: Sendable, Hashable {
        /// `m`, `k`, `M`, ...
        case decimalSI
        /// `Ki`, `Mi`, ...
        case binarySI
        /// `e3`, `e6`, ...
        case decimalExponent
    }

    /// The amount in billionths.
    private(set) var nano: Int128
    public var format: Format

    static let nanoPerUnit: Int128 = 1_000_000_000
    static let limit = Int128(Int64.max) * nanoPerUnit

    init(nano: Int128, format: Format) {
        self.nano = min(max(nano, -Self.limit), Self.limit)
        self.format = format
    }

    public init(_ value: Int64, format: Format = .decimalSI) {
        self.init(nano: Int128(value) * Self.nanoPerUnit, format: format)
    }

    /// Thousandths: `Quantity(milli: 500)` is `500m`.
    public init(milli: Int64, format: Format = .decimalSI) {
        self.init(nano: Int128(milli) * 1_000_000, format: format)
    }

    /// In whole units, a fraction counting as one more.
    public var value: Int64 { roundedUp(to: Self.nanoPerUnit) }
    /// In thousandths, a fraction counting as one more; at most `Int64.max`.
    public var milliValue: Int64 { roundedUp(to: 1_000_000) }
    public var isZero: Bool { nano == 0 }

    private func roundedUp(to unit: Int128) -> Int64 {
        let quotient = nano / unit
        let whole = nano % unit == 0 ? quotient : quotient + nano.signum()
        return Int64(clamping: whole)
    }

    // The format is how an amount is written, not what it is.
    public static func == (a: Self, b: Self) -> Bool { a.nano == b.nano }
    public func hash(into hasher: inout Hasher) { hasher.combine(nano) }
    public static func < (a: Self, b: Self) -> Bool { a.nano < b.nano }

    public static func + (a: Self, b: Self) -> Self {
        Quantity(nano: a.nano + b.nano, format: a.isZero ? b.format : a.format)
    }
    public static func - (a: Self, b: Self) -> Self {
        Quantity(nano: a.nano - b.nano, format: a.isZero ? b.format : a.format)
    }
    public static func += (a: inout Self, b: Self) { a = a + b }
    public static func -= (a: inout Self, b: Self) { a = a - b }
}
