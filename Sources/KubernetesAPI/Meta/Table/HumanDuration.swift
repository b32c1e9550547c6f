/// A span of time in two or three significant digits: `119s`, `2m5s`, `3h`, `2d4h`. Source: apimachinery util/duration.
public struct HumanDuration: CustomStringConvertible, Sendable {
    public var seconds: Int64

    public init(seconds: Int64) { self.seconds = seconds }

    public var description: String {
        // Clocks of two machines may differ a little.
        if seconds < -1 { return "<invalid>" }
        if seconds < 0 { return "0s" }
        if seconds < 120 { return "\(seconds)s" }
        let minutes = seconds / 60
        if minutes < 10 { return Self.join(minutes, "m", seconds % 60, "s") }
        if minutes < 180 { return "\(minutes)m" }
        let hours = minutes / 60
        if hours < 8 { return Self.join(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }
        let days = hours / 24
        if days < 8 { return Self.join(days, "d", hours % 24, "h") }
        let years = days / 365
        if years < 2 { return "\(days)d" }
        if years < 8 { return Self.join(years, "y", days % 365, "d") }
        return "\(years)y"
    }

    private static func join(_ a: Int64, _ unitA: String, _ b: Int64, _ unitB: String) -> String {
        b == 0 ? "\(a)\(unitA)" : "\(a)\(unitA)\(b)\(unitB)"
    }
}
